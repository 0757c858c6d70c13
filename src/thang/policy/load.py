"""YAML in, a policy out: a shop's own keys over the default ones, and every mistake by its line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from thang.model import WrongPolicy
from thang.policy import ladder
from thang.policy.building import build
from thang.policy.draft import Draft
from thang.policy.effective import effective, fingerprint
from thang.policy.fields import POLICY
from thang.policy.overlay import laid
from thang.policy.reading import read
from thang.policy.schema import Policy
from thang.policy.sense import sensible
from thang.policy.tree import Keys, read_tree

__all__ = [
    "default_text", "drafted", "effective", "load_policy", "read_policy", "text_of",
    "unknown_kinds",
]  # fmt: skip

DEFAULT = "default.yaml"
MOST_BYTES = 1_000_000


def load_policy(path: Path | None) -> Policy:
    """The policy of a file over the default one, or that one itself; WrongPolicy if it is wrong."""
    if path is None:
        return read_policy("")
    return read_policy(text_of(path), path.name)


@lru_cache(maxsize=32)
def read_policy(text: str, file: str = "policy.yaml") -> Policy:
    """The policy of a YAML text over the default one; `file` is its name in errors.

    A text that was just read is not read again: pages ask for the same versions over and over.
    """
    return _believed(drafted(text, file), text)


@lru_cache(maxsize=8)
def drafted(text: str, file: str = "policy.yaml") -> Draft:
    """The default policy with a YAML text laid over it, as it is written and not yet believed."""
    return laid(_default_tree(), read_tree(text, file))


def default_text() -> str:
    """The default policy as it is written, comments and all."""
    return files("thang.policy").joinpath(DEFAULT).read_text("utf-8")


def unknown_kinds(policy: Policy, known: Collection[str]) -> list[str]:
    """The event kinds that a policy uses and `known` lacks: allowed, and worth a hint."""
    used = set(policy.blocked_by)
    for quantity in policy.quantities.values():
        used |= {kind for kind, _ in quantity.kinds} | set(quantity.closes)
    for act in (act for acts in policy.schemes.values() for act in acts):
        used |= set(act.kinds)
    for level in policy.levels:
        used |= {*level.ended_by, *(level.silence.acts if level.silence else ())}
    return sorted(used - set(known))


def _believed(draft: Draft, text: str) -> Policy:
    values = read(POLICY, draft.root, "")
    ladder.shaped(draft)
    policy = build(draft, values)
    sensible(policy, draft)
    ladder.climbable(policy, draft)
    return replace(policy, text=text, fingerprint=fingerprint(policy))


@cache
def _default_tree() -> Keys:
    return laid(None, read_tree(default_text(), DEFAULT)).root


def text_of(path: Path) -> str:
    """The text of a file of rules; WrongPolicy if it cannot be read as UTF-8, or is too long."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise WrongPolicy(
            f"{path}: {reason}; give the path of a policy file, or none for the default policy."
        ) from None
    if len(data) > MOST_BYTES:
        raise WrongPolicy(f"{path.name}: it is too long for a policy; it has a few hundred lines.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WrongPolicy(
            f"{path.name}:{line}: this is not UTF-8; save the file as UTF-8."
        ) from None

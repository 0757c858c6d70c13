"""The policy versions of a shop: who applied them, when and why, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from thang.model import WrongInput, WrongPolicy
from thang.policy.diff import Change, diff
from thang.policy.load import read_policy
from thang.record import PolicyNote, PolicyVersion, Record


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it was applied; instants in microseconds since 1970.

    Whoever was not told by name has no author: the version was found in the shop's file.
    `settled_anew`: it says what the one before says, and only the shop's data had grown.
    """

    number: int
    fingerprint: str
    applied_at: int
    author: str
    note: str
    text: str
    window_days: int
    settled_anew: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What one text says and another does not: keys that changed, and lines by `-`, `+` and ` `."""

    changes: tuple[Change, ...]
    lines: tuple[tuple[str, str], ...]


def versions(record: Record) -> tuple[Version, ...]:
    """All versions, the latest first."""
    stored, notes = record.policies(), record.policy_notes()
    before = [None, *stored]
    told = (
        _told(version, notes.get(version.version), earlier)
        for version, earlier in zip(stored, before, strict=False)
    )
    return tuple(reversed(tuple(told)))


def one_version(record: Record, number: int) -> Version:
    """A version by its number; `WrongInput` if there was none of that number."""
    for version in versions(record):
        if version.number == number:
            return version
    raise WrongInput(f"There is no policy version {number}: choose one of the list.")


def difference(before: str, after: str) -> Difference:
    """What turns one policy text into another, by keys and by lines."""
    changes = diff(read_policy(before), read_policy(after))
    return Difference(tuple(changes), tuple(line_changes(before, after)))


def plain_difference(before: str, after: str) -> Difference:
    """The same where a text may be no policy (any more): then by lines alone."""
    try:
        return difference(before, after)
    except WrongPolicy:
        return Difference((), tuple(line_changes(before, after)))


def line_changes(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of two texts as one list: ` ` in both, `-` only before, `+` only after."""
    old, new = before.splitlines(), after.splitlines()
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [(" ", line) for line in old[a:b]]
            continue
        found += [("-", line) for line in old[a:b]]
        found += [("+", line) for line in new[c:d]]
    return found


def _told(
    version: PolicyVersion, note: PolicyNote | None, earlier: PolicyVersion | None
) -> Version:
    return Version(
        number=version.version,
        fingerprint=version.fingerprint,
        applied_at=version.applied_at,
        author=note.author if note else "",
        note=note.note if note else "",
        text=version.text,
        window_days=version.settings.window_days,
        settled_anew=earlier is not None and earlier.fingerprint == version.fingerprint,
    )

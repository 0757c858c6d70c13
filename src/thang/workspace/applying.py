"""Putting a policy in force: its text becomes the shop's file, and a version with its author.

A policy is applied on top of the one that its author looked at. Whoever looked at an
older one is refused, and sees both.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile

from thang.engines.duckdb import Projection
from thang.model import WrongInput
from thang.policy.load import read_policy
from thang.policy.schema import Policy, Settings
from thang.record import OutdatedError, PolicyNote, PolicyVersion, Record
from thang.workspace.catching_up import catch_up
from thang.workspace.classify import resolve
from thang.workspace.folder import Folder

MOST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """The shop's file as it is now, and the last version; `mark` names just this state."""

    text: str
    number: int
    mark: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a text: the version in force, and whether it is a new one."""

    number: int
    fingerprint: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """A text that somebody wants in force, and why; `mark` is of the state they looked at."""

    text: str
    note: str = ""
    author: str = ""
    mark: str | None = None


def standing(record: Record, folder: Folder) -> Standing:
    """The policy as somebody who wants to change it sees it."""
    last = record.policy()
    number = last.version if last else 0
    text = folder.policy_text()
    digest = blake2b(text.encode(), digest_size=6).hexdigest()
    return Standing(text, number, f"{number}-{digest}")


def put_in_force(record: Record, projection: Projection, folder: Folder, wish: Wish) -> Applied:
    """Append the version and write the file; `OutdatedError` if the policy changed meanwhile.

    Nobody is moved yet: the next classification places everybody under it. A text that
    differs in remarks alone becomes the file and no version.
    """
    text = wish.text.replace("\r\n", "\n")
    policy = read_policy(text, folder.policy_file.name)
    note = _said(wish)
    here = standing(record, folder)
    if wish.mark is not None and wish.mark != here.mark:
        raise OutdatedError(
            "The policy was changed in the meantime: look at what it says now, then apply "
            "yours again."
        )
    last = record.policy()
    if last is not None and last.fingerprint == policy.fingerprint:
        _write(folder, text)
        return Applied(last.version, last.fingerprint, is_new=False)
    now = folder.now()
    made = PolicyVersion(
        0, policy.fingerprint, text, _settings(record, projection, policy), now
    )  # numbered by the record
    version = record.apply_noted(made, PolicyNote(wish.author, note, now), here.number)
    _write(folder, text)
    return Applied(version.version, version.fingerprint, is_new=True)


def _said(wish: Wish) -> str:
    note = " ".join(wish.note.split())
    if len(note) > MOST_NOTE or not note.isprintable():
        raise WrongInput(f"The note is longer than {MOST_NOTE} characters or no plain text.")
    return note


def _settings(record: Record, projection: Projection, policy: Policy) -> Settings:
    """What is settled as the policy is applied, from all that is recorded (ruling 3)."""
    total = record.counts().events - record.left_out().events
    if not total:
        return Settings(policy.window.default_days, policy.programme == "yes", False, 0)
    with projection.one_commit():
        changed = catch_up(record, projection, policy)
        if changed is not None:
            projection.touch(changed)
    ((first, last),) = projection.sql.execute('select min("at"), max("at") from events').fetchall()
    extent = (0, 0) if first is None else (first, last)
    return resolve(projection, policy, record.kinds(), extent, total)


def _write(folder: Folder, text: str) -> None:
    """The whole file or the old one: a reader never meets half of it."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=folder.path, prefix=".policy-", delete=False
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if folder.policy_file.exists():
        Path(file.name).chmod(folder.policy_file.stat().st_mode & 0o777)
    Path(file.name).replace(folder.policy_file)

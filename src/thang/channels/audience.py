"""Audiences for advertisements: people's addresses as keyed by Meta, in rows or as a CSV.

Only hashes leave (SHA-256 of the address in its plainest spelling), at most ten thousand in a
call. Whoever withdraws or is erased is taken out by the same edge
(developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from thang.channels.answers import Outcome, asked, encoded, mapping, number, part
from thang.channels.messenger import HOST, REFUSALS, SLOWER, VERSION
from thang.channels.sender import Busy, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire

SCHEMA = ("EXTERN_ID", "PHONE", "EMAIL")
MOST = 10_000  # rows of one call


@dataclass(frozen=True, slots=True)
class Member:
    """One person of an audience: the public reference, and what reaches them ('' if nothing)."""

    ref: str
    phone: str = ""
    email: str = ""


def row(member: Member) -> tuple[str, str, str]:
    """A member as Meta keys it: digits with the country's code, small letters."""
    phone = "".join(c for c in member.phone if c.isascii() and c.isdigit())
    return member.ref, hashed(phone), hashed(member.email.strip().lower())


def hashed(text: str) -> str:
    """SHA-256 in hex; nothing of nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def as_csv(members: Iterable[Member]) -> Iterator[str]:
    """The same rows as a file that is uploaded by hand, line by line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(name.lower() for name in SCHEMA)
    for member in members:
        writer.writerow(row(member))
        yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


@dataclass(frozen=True)
class Audience:
    """One custom audience of an advertising account."""

    wire: Wire
    number: str
    token: str
    host: str = HOST

    def add(self, members: Iterable[Member]) -> list[Outcome]:
        """Put people in, call by call; adding somebody twice is adding them once."""
        return [self._edited("POST", rows) for rows in _calls(members)]

    def remove(self, members: Iterable[Member]) -> list[Outcome]:
        """Take people out: after a withdrawal, and when somebody is erased."""
        return [self._edited("DELETE", rows) for rows in _calls(members)]

    def _edited(self, method: str, rows: Sequence[tuple[str, str, str]]) -> Outcome:
        body = encoded({"payload": {"schema": SCHEMA, "data": rows}})
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        url = f"{self.host}/{VERSION}/{self.number}/users"
        return asked(self.wire, url, body, headers, read, method=method)


def _calls(members: Iterable[Member]) -> Iterator[list[tuple[str, str, str]]]:
    left = iter(members)
    while some := [row(member) for member in islice(left, MOST)]:
        yield some


def read(answer: Answer) -> Outcome:
    """What the platform said of one call."""
    told = mapping(answer)
    if told is None:
        return Unknown("an answer that is no JSON")
    if "num_received" in told:
        return Sent(str(told.get("session_id", "")))
    error = part(told, "error")
    code = number(error.get("code"))
    if code in SLOWER:
        return Busy()
    if number(error.get("error_subcode")) == 1_713_230:
        return Refused("The platform has flagged this audience: it may not be changed.")
    return REFUSALS.get(code or 0, Refused(f"The platform refused the audience (error {code})."))

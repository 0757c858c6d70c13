"""The settings that many platforms share, so that they are called alike everywhere."""

from __future__ import annotations

from thang.policy.references import ADDRESS, SECRET
from thang.policy.shapes import Field, Truth, Whole, Word

NONE = "none"
NUMBER = Word(r"[0-9]{1,30}", "a number as the platform writes it")
NUMBERS = Word(
    r"[0-9]{1,30}(?: [0-9]{1,30}){0,19}", "one number or several, with a blank between them"
)
NAME = Word(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,99}", "a name as the platform writes it")
HOST = Word(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,252}", "the name of a host")
VERSION = Word(r"[A-Za-z0-9._\-]{1,20}", "a version as the platform writes it")


def base(of: str) -> Field:
    """Another address for trying."""
    doc = f"Another address of {of}, such as a stand-in for trying."
    return Field("base", ADDRESS, doc, absent="the platform's own")


def secret(key: str, doc: str, absent: str | None = None) -> Field:
    """A secret, which is never written in the file itself."""
    return Field(key, SECRET, doc, absent=absent)


def switch(key: str, doc: str) -> Field:
    """Something that nobody could verify, and that is off until the shop says so."""
    return Field(key, Truth(), doc, absent="false")


PULLS = Field(
    "pulls", Truth(), "True: what no call told is asked for on a schedule.", absent="true"
)
SINCE = Field("days", Whole(0, 365), "How many days back the first pull begins.", absent="30")

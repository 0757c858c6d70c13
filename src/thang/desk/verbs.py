"""What is done to accounts and keys, from whichever door: each verb leaves a line in the audit log.

`by` is the id of whoever does it, or `COMMAND_LINE`.
"""

from __future__ import annotations

from collections.abc import Collection

from thang.desk.desk import Desk
from thang.desk.keys import ApiKey
from thang.desk.links import USED
from thang.desk.passwords import Weakness, weakness
from thang.desk.people import Person, Role
from thang.model import WrongInput

COMMAND_LINE = "command line"
TOO_EASY = {
    Weakness.SHORT: "A password has 12 letters or more: choose a longer one.",
    Weakness.LONG: "A password has at most 256 letters: choose a shorter one.",
    Weakness.COMMON: (
        "This password is easy to guess: choose one without names, years and rows of keys."
    ),
}


def strong(desk: Desk, password: str, name: str) -> str:
    """The password, if it is hard to guess; `WrongInput` says what to choose instead."""
    shop = desk.folder.absolute().name
    found = weakness(password, (name, shop))
    if found is not None:
        raise WrongInput(TOO_EASY[found])
    return password


def redeem(desk: Desk, token: str, name: str, password: str, locale: str, now: int) -> Person:
    """Use a one-time link up: its person has an account and this password."""
    link = desk.links.look(token, now)
    if link is None:  # before anything is hashed: strangers cannot keep the machine busy
        raise WrongInput(USED)
    strong(desk, password, link.name or name)
    person = desk.links.redeem(token, name, password, locale, now)
    desk.audit.note(person.id, "password chosen", person.id, now)
    return person


def add_person(
    desk: Desk, name: str, role: Role, password: str, by: str, locale: str, now: int
) -> Person:
    """An account that can be used at once."""
    strong(desk, password, name)
    person = desk.people.add(name, role, locale, now, password)
    desk.audit.note(by, "person added", person.id, now)
    return person


def invite(desk: Desk, name: str, role: Role, by: str, locale: str, now: int) -> tuple[Person, str]:
    """An account that waits, and the token with which its person chooses a password."""
    person = desk.people.add(name, role, locale, now)
    desk.audit.note(by, "person invited", person.id, now)
    return person, desk.links.invite(person.id, now)


def invite_again(desk: Desk, person: str, by: str, now: int) -> str:
    """Another token; those given out before are void."""
    token = desk.links.invite(person, now)
    desk.audit.note(by, "link made", person, now)
    return token


def change_password(desk: Desk, person: Person, password: str, by: str, now: int) -> None:
    """A new password; the person is signed out everywhere."""
    desk.people.set_password(person.id, strong(desk, password, person.name))
    desk.audit.note(by, "password changed", person.id, now)


def change_role(desk: Desk, person: str, role: Role, by: str, now: int) -> None:
    """What a person may do from now on."""
    desk.people.set_role(person, role)
    desk.audit.note(by, f"made {role}", person, now)


def shut_out(desk: Desk, person: str, by: str, now: int, *, out: bool) -> None:
    """Shut a person out at once, or let them in again."""
    desk.people.set_disabled(person, disabled=out)
    desk.audit.note(by, "person shut out" if out else "person let in", person, now)


def end_sessions(desk: Desk, person: str, now: int, *, session: str = "", but: str = "") -> int:
    """Sign oneself out in one place, or everywhere except at the token `but`; how many ended."""
    if session:
        ended = int(desk.sessions.end_one(person, session))
    else:
        ended = desk.sessions.end_all(person, but)
    desk.audit.note(person, "sessions ended", person, now)
    return ended


def make_key(
    desk: Desk, name: str, scopes: Collection[str], by: str, now: int
) -> tuple[ApiKey, str]:
    """An API key and its secret, which is shown once."""
    key, secret = desk.keys.create(name, scopes, by, now)
    desk.audit.note(by, "key made", key.id, now)
    return key, secret


def revoke_key(desk: Desk, key: str, by: str, now: int) -> None:
    """End a key at once."""
    if not desk.keys.revoke(key, now):
        raise WrongInput("There is no such key, or it was revoked already: reload the list.")
    desk.audit.note(by, "key revoked", key, now)

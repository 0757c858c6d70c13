"""Accounts from the command line: for the first owner without a browser, and for lost passwords."""

from __future__ import annotations

from pathlib import Path

from thang.desk import verbs
from thang.desk.desk import Desk
from thang.desk.people import Person, Role
from thang.model import WrongInput
from thang.workspace.folder import Folder

LOCALE = "vi"  # until the person chooses


def add_person(shop: Path, name: str, role: str, password: str) -> Person:
    """An account that can be used at once; `WrongInput` says which part of it will not do."""
    if role not in tuple(Role):
        raise WrongInput(f"There is no role {role!r}: choose one of {', '.join(Role)}.")
    folder = Folder(shop)
    folder.must_exist()
    desk = Desk.open(shop)
    try:
        return verbs.add_person(
            desk, name, Role(role), password, verbs.COMMAND_LINE, LOCALE, folder.now()
        )
    finally:
        desk.close()


def new_password(shop: Path, name: str, password: str) -> Person:
    """A new password for somebody, who is signed out everywhere."""
    folder = Folder(shop)
    folder.must_exist()
    desk = Desk.open(shop)
    try:
        person = desk.people.named(name)
        if person is None:
            raise WrongInput(f"Nobody is called {name!r} here: see the settings for who is.")
        verbs.change_password(desk, person, password, verbs.COMMAND_LINE, folder.now())
        return person
    finally:
        desk.close()

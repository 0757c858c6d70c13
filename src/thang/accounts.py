"""The verbs on accounts: who may sign in to the web app, and with which password."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thang.answering import JsonOption, ShopOption, answer

people_app = typer.Typer(no_args_is_help=True, help="Who may sign in to the web app.")

PasswordOption = Annotated[
    str,
    typer.Option(
        prompt=True, confirmation_prompt=True, hide_input=True,
        envvar="THANG_PASSWORD", help="Asked for if left out; best not written here.",
    ),
]  # fmt: skip


@people_app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    password: PasswordOption,
    role: Annotated[str, typer.Option(help="owner, marketer or viewer.")] = "viewer",
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Make an account for the web app."""
    from thang.workspace.staff import add_person  # noqa: PLC0415 - a verb loads what it uses

    person = add_person(shop, name, role, password)
    answer(json, {"id": person.id, "name": person.name, "role": person.role},
           f"{person.name} can sign in as {person.role}.")  # fmt: skip


@people_app.command()
def password(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    password: PasswordOption,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Give somebody a new password; they are signed out everywhere."""
    from thang.workspace.staff import new_password  # noqa: PLC0415

    person = new_password(shop, name, password)
    answer(json, {"id": person.id, "name": person.name},
           f"{person.name} has a new password and was signed out everywhere.")  # fmt: skip

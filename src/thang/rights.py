"""The verbs of a person's rights: all that is held of them, and forgetting them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from thang.answering import JsonOption, ShopOption, answer

person_app = typer.Typer(no_args_is_help=True, help="Hand out what is held of somebody, or erase.")
Who = Annotated[str, typer.Argument(help="A customer id, phone, e-mail or p_… reference.")]


@person_app.command()
def bundle(
    person: Who,
    file: Annotated[Path, typer.Argument(help="The .zip to write.")],
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Write everything held of one person into a .zip: JSON, CSV, and a letter in vi and en."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415 - a verb loads what it uses

    counts = Workspace(shop).bundle(person, file)
    rows = ", ".join(f"{rows:,} {name}" for name, rows in counts.items())
    answer(json, {"file": str(file), "rows": counts}, f"{file} holds {rows}.")


@person_app.command()
def erase(
    person: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Erase one person from every file of the shop; everybody else is placed anew."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    if not yes:
        typer.confirm("Everything of this person will be gone for good. Erase?", abort=True)
    done = asdict(Workspace(shop).erase(person))
    del done["numbers"]
    counts = "\n".join(f"  {rows:>7,} {name}" for name, rows in done["counts"].items() if rows)
    answer(json, done, f"Erased; receipt {done['id']}:\n{counts}")


@person_app.command("object")
def object_(
    person: Who,
    proof: Annotated[str, typer.Option(help="How they said it: a letter's date, a call.")] = "",
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Write down that somebody objects to advertising: none goes to them on any channel."""
    from thang.workspace.consents import Word  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    word = Word("", "marketing", "withdrawn", proof=proof)
    Workspace(shop).say_consent(person, word, "command line")
    answer(json, asdict(word), "Noted: no advertising goes to them any more.")


@person_app.command()
def settle(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """Complete erasures that were cut off, and repeat those that a backup brought back."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    settled = Workspace(shop).settle_erasures()
    answer(json, {"settled": settled}, f"{settled:,} settled.")


@person_app.command()
def receipts(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """Every erasure: when, how far, and what was taken where."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    told = [asdict(one) for one in Workspace(shop).erasures()]
    for one in told:
        del one["numbers"]
    lines = (f"{one['id']}: {one['state']}, {sum(one['counts'].values()):,} rows" for one in told)
    answer(json, {"receipts": told}, "\n".join(lines) or "Nobody was erased.")

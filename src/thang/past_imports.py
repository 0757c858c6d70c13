"""The verbs over past imports: their list, and taking one back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from thang.answering import JsonOption, ShopOption, answer


def imports(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """All imports, the latest first, and which of them are undone."""
    from thang.terminal import imports_table  # noqa: PLC0415 - a verb loads what it uses
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    workspace = Workspace(shop)
    found = workspace.imports()
    table = imports_table(found, workspace.folder.policy().shop.tz)
    answer(json, {"imports": [past.as_json() for past in found]}, table)


def undo(
    batch: Annotated[int, typer.Argument(help="The number of an import, see `thang imports`.")],
    back: Annotated[bool, typer.Option("--back", help="Bring an undone import back.")] = False,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Leave out what an import told, as if it had never been; nothing is deleted."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    past = Workspace(shop).undo(batch, back=back)
    state = "left out" if past.undone else "counted"
    answer(json, past.as_json(),
           f"Import {past.id} ({past.file}) is {state} from the next classification on. "
           f"Next: thang classify --shop {shop}")  # fmt: skip


def again(
    batch: Annotated[int, typer.Argument(help="The number of an import, see `thang imports`.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="YAML: which column means what.")
    ] = None,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Read the rows that an import refused once more; what is right by now is stored."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    tally = Workspace(shop).read_again(batch, mapping)
    answer(json, asdict(tally),
           f"{tally.rows} rows = {tally.stored} stored + {tally.duplicate} known before + "
           f"{tally.refused} refused. Next: thang classify --shop {shop}")  # fmt: skip

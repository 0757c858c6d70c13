"""The verb of the playbook: every strategy with its article, trigger and success, or one whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from thang.answering import JsonOption, ShopOption, answer


def strategies(
    key: Annotated[str | None, typer.Argument(help="One of them, with its texts.")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of playbook.yaml for editors.")
    ] = False,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """What the shop does for whom: the playbook, as the shop's own file changes it."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.strategies_text import strategies_table, strategy_text  # noqa: PLC0415
    from thang.workspace.folder import Folder  # noqa: PLC0415
    from thang.workspace.playbook import listed, one_of, shop_playbook  # noqa: PLC0415

    if schema:
        from thang.policy.playbook.shape import playbook_schema  # noqa: PLC0415

        sys.stdout.write(
            msgspec.json.format(msgspec.json.encode(playbook_schema())).decode() + "\n"
        )
        return
    found = listed(shop_playbook(Folder(shop)))
    if key is None:
        answer(json, found, strategies_table(found))
        return
    found = one_of(found, key)
    answer(json, found, strategy_text(found.strategies[0]))

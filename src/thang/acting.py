"""The verb of the daily run: who enters a strategy, who goes on, what is planned to go out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thang.answering import JsonOption, ShopOption, answer


def run(
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would do, and write nothing.")
    ] = False,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """One daily run of the strategies: people are placed as of now, and what fits is planned."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.acting_text import ran_text  # noqa: PLC0415
    from thang.model import Taken  # noqa: PLC0415
    from thang.running import ask  # noqa: PLC0415
    from thang.workspace.acting.run import Ran  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    workspace = Workspace(shop)
    try:
        if not dry:
            workspace.classify()
        found = workspace.run(dry=dry)
    except Taken as taken:
        if not dry:
            raise
        found = msgspec.json.decode(ask(shop, "/api/run", taken), type=Ran)
    answer(json, found, ran_text(found, workspace.playbook()))

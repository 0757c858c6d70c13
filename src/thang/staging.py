"""The verb of the stage: where the business stands, whether the viral ones may come, the budget."""

from __future__ import annotations

from pathlib import Path

from thang.answering import JsonOption, ShopOption, answer


def stage(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """At which stage the business stands, whether it may court the viral ones, where money goes."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.model import Taken  # noqa: PLC0415
    from thang.running import ask  # noqa: PLC0415
    from thang.stage_text import stage_text  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415
    from thang.workspace.staged import StageAnswer  # noqa: PLC0415

    workspace = Workspace(shop)
    try:
        found = workspace.stage(anew=True)
    except Taken as taken:
        found = msgspec.json.decode(ask(shop, "/api/stage", taken), type=StageAnswer)
    answer(json, found, stage_text(found, workspace.folder.policy().shop.tz))

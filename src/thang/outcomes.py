"""The verb of outcomes: who moves where, how long it takes, and what strategies have lifted."""

from __future__ import annotations

from pathlib import Path

from thang.answering import JsonOption, ShopOption, answer


def outcomes(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """Moves between rungs with intervals, time to the next rung, and each strategy's proof."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.model import Taken  # noqa: PLC0415
    from thang.outcomes_text import outcomes_text  # noqa: PLC0415
    from thang.running import ask  # noqa: PLC0415
    from thang.workspace.outcomes import Outcomes  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    workspace = Workspace(shop)
    try:
        found = workspace.outcomes()
    except Taken as taken:
        found = msgspec.json.decode(ask(shop, "/api/outcomes", taken), type=Outcomes)
    answer(json, found, outcomes_text(found, workspace.folder.policy()))

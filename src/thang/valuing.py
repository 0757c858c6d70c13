"""The verb of value: what all customers are worth and leave, and how far that may be trusted."""

from __future__ import annotations

from pathlib import Path

from thang.answering import JsonOption, ShopOption, answer


def value(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """What customers will bring, what they leave, and how far both may be trusted."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.model import Taken  # noqa: PLC0415
    from thang.running import ask  # noqa: PLC0415
    from thang.value_text import value_text  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415
    from thang.workspace.valued import ValueAnswer  # noqa: PLC0415

    workspace = Workspace(shop)
    try:
        found = workspace.value(anew=True)
    except Taken as taken:
        found = msgspec.json.decode(ask(shop, "/api/value", taken), type=ValueAnswer)
    answer(json, found, value_text(found, workspace.folder.policy().shop.currency))

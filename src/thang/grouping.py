"""The verb of the groups: who is willing, forgiving, viral, valuable, profitable, and how sure."""

from __future__ import annotations

from pathlib import Path

from thang.answering import JsonOption, ShopOption, answer


def groups(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """The five groups: who is in, how sure that is, and whom the stage courts now."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.group_text import groups_text  # noqa: PLC0415
    from thang.model import Taken  # noqa: PLC0415
    from thang.running import ask  # noqa: PLC0415
    from thang.workspace.grouped import GroupsAnswer  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    workspace = Workspace(shop)
    try:
        found = workspace.groups(anew=True)
    except Taken as taken:
        found = msgspec.json.decode(ask(shop, "/api/groups", taken), type=GroupsAnswer)
    answer(json, found, groups_text(found, workspace.folder.policy().shop.currency))

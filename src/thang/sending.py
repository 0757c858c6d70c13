"""The verb of channels: send what is due now, or say what would go out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thang.answering import JsonOption, ShopOption, answer


def send(
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go out and what waits; send nothing.")
    ] = False,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Send the messages that are due, on the channels that the shop has set."""
    import msgspec  # noqa: PLC0415 - a verb loads what it uses

    from thang.model import Taken  # noqa: PLC0415
    from thang.running import ask  # noqa: PLC0415
    from thang.sending_text import sent_text  # noqa: PLC0415
    from thang.workspace.delivering import Delivered  # noqa: PLC0415
    from thang.workspace.shop import Workspace  # noqa: PLC0415

    try:
        found = Workspace(shop).send(dry=dry)
    except Taken as taken:
        if not dry:
            raise
        found = msgspec.json.decode(ask(shop, "/api/send", taken), type=Delivered)
    answer(json, found, sent_text(found))

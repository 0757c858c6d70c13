"""How every verb is asked for its shop, and how it answers: JSON on stdout, or words for people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

ShopOption = Annotated[Path, typer.Option("--shop", help="The shop's folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def answer(json: bool, data: Any, text: Any) -> None:
    """The answer of a verb."""
    if json:
        import msgspec  # noqa: PLC0415 - a verb waits for no more than it uses

        sys.stdout.write(msgspec.json.encode(data).decode() + "\n")
        return
    from rich.console import Console  # noqa: PLC0415

    Console(highlight=False).print(text)

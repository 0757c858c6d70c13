"""Thang: which rung of the ladder each customer stands on, why, and what lifts them.

import thang
shop = thang.open("shop")
shop.classify()
shop.export("placements")     # an Arrow table
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thang.workspace.shop import Workspace

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(folder: str | Path) -> Workspace:
    """The workspace of a shop's folder, with the verbs of the command line."""
    from thang.workspace.shop import Workspace  # noqa: PLC0415 - numpy waits until it is wanted

    return Workspace(Path(folder))

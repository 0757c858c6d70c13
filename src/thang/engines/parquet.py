"""Parquet of events from anywhere: looked at before a session is started for it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.dataset

from thang.model import WrongInput
from thang.river.tables import EVENT_COLUMNS


def rows_in(path: Path) -> int:
    """How many events a file or folder holds, by its footers; what holds none is refused."""
    try:
        found = pyarrow.dataset.dataset(path, format="parquet")
        rows = int(found.count_rows())
    except (OSError, pa.ArrowInvalid):
        raise WrongInput(f"{path} holds no Parquet: give a file or a folder of it.") from None
    if not found.files:
        raise WrongInput(f"{path} holds no Parquet: give a file or a folder of it.")
    whole = {field.name for field in found.schema if pa.types.is_signed_integer(field.type)}
    lacking = [name for name in EVENT_COLUMNS if name not in whole]
    if lacking:
        raise WrongInput(
            f"{path} lacks whole numbers in {', '.join(lacking)}: "
            f"events have the columns {', '.join(EVENT_COLUMNS)}."
        )
    if not rows:
        raise WrongInput(f"{path} holds no rows: give the Parquet of the shop's events.")
    return rows

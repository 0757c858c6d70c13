"""What the shop brings out and when: a test before the launch, launches, new versions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from thang.model import DAY
from thang.simulate.path import MONTH, PRE_LAUNCH, Path

FIRST = "SP01"  # what a new shop launches with
OLD_PRODUCTS = 60
TEST_LEAD_DAYS = 30
LAUNCH_EVERY, UPDATE_EVERY = 4.0, 3.0  # months


class Step(StrEnum):
    """What is asked of people: to test, to try what is on sale now, to try it anew."""

    TEST = "test"
    LAUNCH = "launch"
    UPDATE = "update"


class Release(NamedTuple):
    """One step of one product."""

    step: Step
    product: str


def releases(path: Path, end: int) -> Iterator[tuple[int, Release]]:
    """Every step with its instant (microseconds), product by product, before the end."""
    for number, launch in enumerate(_launches(path, end)):
        product = f"SP{OLD_PRODUCTS + number}" if number else FIRST
        if number:
            yield launch - TEST_LEAD_DAYS * DAY, Release(Step.TEST, product)
        yield launch, Release(Step.LAUNCH, product)
        update = launch + int(UPDATE_EVERY * MONTH)
        while update < end:
            yield _morning(update), Release(Step.UPDATE, product)
            update += int(UPDATE_EVERY * (1 + number) * MONTH)


def _launches(path: Path, end: int) -> Iterator[int]:
    launch = path.stage_at(PRE_LAUNCH + 1)
    while launch < end:
        yield _morning(launch)
        launch += int(LAUNCH_EVERY * MONTH)


def _morning(at: int) -> int:
    return at // DAY * DAY + 2 * DAY // 24  # nine o'clock in Vietnam

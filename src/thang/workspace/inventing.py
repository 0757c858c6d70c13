"""Invented shops: to a file, or straight into a shop's folder for the demo."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from thang.channels.settings.load import FILE as CHANNELS_FILE
from thang.engines.warming import warmed
from thang.model import DAY, Gathered, WrongInput
from thang.record import Record
from thang.river.calendar import instant, moment
from thang.river.sending.nouns import GRANTED, MARKETING, SERVICE
from thang.simulate.scenario import Scenario
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import Simulation
from thang.simulate.write import write_segment_jsonl, write_truth
from thang.workspace.folder import DEMO_MARK as MARK
from thang.workspace.ladder import Ladder
from thang.workspace.shop import Workspace

HERE = "Asia/Ho_Chi_Minh"
CHANNELS = """\
# This is a demo: whatever is sent goes to a stand-in inside Thang, and reaches nobody.
fake: true
"""


def invent(
    file: Path, scenario: str, seed: int, truth: Path | None, *, imperfect: bool = False
) -> int:
    """Write a scenario's events as Segment JSONL, and its truth if asked; the number of events.

    The truth is sealed: it never stands in the events' file. `imperfect`: some rows are told
    twice, some late.
    """
    if truth is not None and truth.resolve() == file.resolve():
        raise WrongInput("The truth would overwrite the events: give --truth a file of its own.")
    found = _scenario(scenario, seed)
    simulation = Simulation(found.imperfect() if imperfect else found)
    try:
        written = write_segment_jsonl(simulation.events(), file)
        if truth is not None:
            write_truth(simulation.truth(), truth)
    except OSError as error:
        raise WrongInput(
            f"{error.filename or file} cannot be written ({error.strerror}): choose another place."
        ) from None
    return written


def _scenario(name: str, seed: int) -> Scenario:
    from dataclasses import replace  # noqa: PLC0415

    if name not in SCENARIOS:
        raise WrongInput(f"There is no scenario {name!r}: choose one of {', '.join(SCENARIOS)}.")
    return replace(SCENARIOS[name], seed=seed)


def demo_shop(path: Path, day: str | None = None) -> tuple[Ladder, list[dict[str, Any]]]:
    """A fresh demo shop: its ladder, and one invented person from each rung explained.

    Its history ends with a shop day (YYYY-MM-DD), by default yesterday's, so that whoever
    opens it meets people who are still about. The same day gives the same shop.
    """
    _clear(path)
    shop = Workspace.init(path)
    (path / MARK).touch()
    (path / CHANNELS_FILE).write_text(CHANNELS, "utf-8")
    day = day or _yesterday(shop.folder.now())
    scenario = _scenario("demo", 1).ending(_end_of(day))
    with warmed(), Record.open(path, shop.folder.now) as record:
        record.append("demo", "demo", _gathered(scenario))
        _agreed(record, _end_of(day) - 30 * DAY)
    shop.classify(day)
    return shop.ladder(), _one_of_each(shop)


def _agreed(record: Record, at: int) -> None:
    """Whoever said yes on Zalo and did not take it back said so on other channels, too: else
    nothing in a demo could be sent.
    """
    record.hear()
    last = {who: granted for who, channel, granted in record.words_on_advertising()
            if channel in ("", "zalo_oa")}  # fmt: skip
    word = {"state": GRANTED, "at": at, "source": "demo", "wording": "bịa ra", "proof": "bịa ra"}
    record.say(
        word | {"identifier": who, "channel": channel, "purpose": purpose}
        for who, granted in last.items() if granted
        for channel in ("email", "sms") for purpose in (MARKETING, SERVICE)
    )  # fmt: skip


def _yesterday(now: int) -> str:
    return f"{moment(now - DAY, HERE):%Y-%m-%d}"


def _end_of(day: str) -> int:
    try:
        at = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=ZoneInfo(HERE))
    except ValueError:
        raise WrongInput(f"{day!r} is no date: write it as YYYY-MM-DD.") from None
    return instant(at.replace(hour=23, minute=59))


def _gathered(scenario: Scenario) -> Iterator[Gathered]:
    for event in Simulation(scenario).events():
        yield Gathered(1, (event,))


def _clear(path: Path) -> None:
    """Only a demo's own folder is ever removed."""
    if not path.exists():
        return
    if not (path / MARK).exists():
        raise WrongInput(f"{path} is there and is no demo shop: give another folder with --shop.")
    shutil.rmtree(path)


def _one_of_each(shop: Workspace) -> list[dict[str, Any]]:
    placements = shop.export("placements").to_pylist()
    seen: dict[str, str] = {}
    for row in placements:
        seen.setdefault(row["level"], row["person"])
    return [shop.explain(person) for person in seen.values()]

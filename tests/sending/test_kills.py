"""Killed at any commit or call and started again: nothing goes out twice, nothing is said falsely."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import thang
from sending.mortal import RULES, truth
from sending.world import HOUR, MINUTE, MORNING, world
from thang.model import DAY
from thang.record import Record

TESTS = Path(__file__).parents[1]


def life(shop: Path, people: int, number: int, point: int, keyed: bool) -> int:
    """One process, later than the one before by more than a lease; how it ended."""
    awake = 10 * HOUR // (11 * MINUTE)
    at = MORNING + number // awake * DAY + number % awake * 11 * MINUTE
    source = Path(next(iter(thang.__path__))).parent
    done = subprocess.run(
        [sys.executable, "-m", "sending.mortal", str(shop), str(people), str(at), str(number), str(point), str(int(keyed))],
        env=os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{TESTS}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


def judge(shop: Path, keyed: bool, over: bool) -> dict[str, int]:
    """What the outbox says against what the provider took."""
    taken = Counter(truth(shop))
    with Record.open(shop) as record:
        states = {message.key: message.state for message in record.messages()}
    with sqlite3.connect(shop / "record.db") as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    assert not [key for key, times in taken.items() if times > 1]
    assert not [key for key, state in states.items() if state == "sent" and not taken[key]]
    final = ("failed", "withheld", "cancelled")
    assert not [key for key, state in states.items() if state in final and taken[key]]
    if over:
        assert set(states.values()) <= ({"sent"} if keyed else {"sent", "unknown"})
    return dict(Counter(states.values()))


def killed(folder: Path, kills: int, rounds: int, keyed: bool, seed: int) -> dict[str, int]:
    people = 30
    dice, died, number = Random(seed), 0, 0
    with world(folder, people, **RULES) as shop:
        shop.agree(["sms"])
        for _ in range(rounds):
            shop.plan(shop.people, channels=("sms",), purpose="service")
    while died < kills:
        died += life(folder / "shop", people, number, dice.randint(1, 40), keyed) == -9
        number += 1
        judge(folder / "shop", keyed, over=False)
        assert number < 3 * kills + 10, "there is too little to send for so many deaths"
    for _ in range(4):
        assert life(folder / "shop", people, number, 0, keyed) == 0
        if not {"planned", "claimed"} & judge(folder / "shop", keyed, over=False).keys():
            break
        number += 10
    return judge(folder / "shop", keyed, over=True)


def test_killed_at_a_few_points(tmp_path: Path) -> None:
    """The provider that can neither be asked nor takes a key once leaves the most in doubt."""
    states = killed(tmp_path, 2, 1, keyed=False, seed=13)
    assert states["sent"] > states.get("unknown", 0) > 0
    assert sum(states.values()) == 30


@pytest.mark.soak
@pytest.mark.parametrize("keyed", [True, False])
def test_killed_at_two_hundred_points(tmp_path: Path, keyed: bool) -> None:
    states = killed(tmp_path, 200, 80, keyed, seed=12)
    print("keyed" if keyed else "neither", states)
    assert sum(states.values()) == 2_400

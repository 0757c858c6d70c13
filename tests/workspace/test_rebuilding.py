"""The projection can be deleted, garbled or cut off in the middle: the answer is the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import thang
from thang.model import Unavailable
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, act, copied, invented, new_shop, order, said, tell

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A shop classified once, with news that no classification has seen yet."""
    shop = new_shop(tmp_path_factory.mktemp("rebuilding") / "shop")
    early = [event for event in invented(60) if event.at < invented(60)[-600].at]
    tell(shop, early)
    shop.classify("2026-06-30")
    news = [event for event in invented(60) if event.at >= invented(60)[-600].at]
    friend = act(early[0].identifiers, "signed_up", "2026-12-30")
    tell(shop, [*news[:80], friend, order("KH-Mới", "2026-12-30")])
    return shop


@pytest.fixture(scope="module")
def answer(told: Workspace, tmp_path_factory: pytest.TempPathFactory) -> object:
    shop = copied(told, tmp_path_factory.mktemp("undisturbed") / "shop")
    shop.classify(LAST_DAY)
    return said(shop)


@pytest.fixture
def shop(told: Workspace, tmp_path: Path) -> Workspace:
    return copied(told, tmp_path / "shop")


def garbage(path: Path) -> None:
    path.write_bytes(b"nothing that a database would know\n" * 4_000)


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def hole(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40_000] = bytes(40_000)
    path.write_bytes(bytes(content))


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [garbage, nothing, gone])
def test_a_harmed_projection_is_made_anew(
    shop: Workspace, answer: object, harm: Callable[[Path], None]
) -> None:
    harm(shop.folder.projection_file)
    shop.classify(LAST_DAY)
    assert said(shop) == answer


@pytest.mark.parametrize("harm", [half, hole])
def test_damage_that_is_met_while_reading_is_named_once_and_then_healed(
    shop: Workspace, answer: object, harm: Callable[[Path], None]
) -> None:
    harm(shop.folder.projection_file)
    try:
        shop.classify(LAST_DAY)
    except Unavailable as refusal:
        assert "run `thang classify`" in str(refusal)  # noqa: PT017 - it may also be healed at once
        shop.classify(LAST_DAY)
    assert said(shop) == answer


@pytest.mark.parametrize(
    ("method", "turn", "everybody"),
    [
        ("thang.engines.duckdb:Projection.keep", 1, False),
        ("thang.engines.duckdb:Projection.put_referral_rows", 1, True),
        ("thang.engines.duckdb:Projection.store", 1, False),
        ("thang.engines.duckdb:Projection.store", 1, True),
        ("thang.engines.duckdb:Projection.note", 4, False),
        ("thang.record.book:Record.add_bars", 1, False),
        ("progress", 2, True),
    ],
)
def test_killed_in_the_middle_and_run_again(
    shop: Workspace, answer: object, method: str, turn: int, everybody: bool
) -> None:
    dying = killed(shop, method, turn, everybody=everybody)
    assert dying.returncode == 9, dying.stderr
    shop.classify(LAST_DAY)
    assert said(shop) == answer


def killed(
    shop: Workspace, method: str, turn: int, *, everybody: bool
) -> subprocess.CompletedProcess[str]:
    """A classification whose process ends, without a word, right after that call."""
    source = Path(next(iter(thang.__path__))).parent
    environment = os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{TESTS}"}
    return subprocess.run(
        [sys.executable, "-m", "workspace.mortal", str(shop.folder.path), LAST_DAY, method,
         str(turn), str(int(everybody))],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_classification_that_breaks_off_loses_nobody(shop: Workspace, answer: object) -> None:
    class Broken(Exception):
        pass

    def breaks(what: str, done: int, of: int) -> None:
        if what == "placing":
            raise Broken

    with pytest.raises(Broken):
        shop.classify(LAST_DAY, everybody=True, progress=breaks)
    shop.classify(LAST_DAY)
    assert said(shop) == answer

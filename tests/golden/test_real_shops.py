"""Two real shops from file to ladder: the published figures of the rules, to the person."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.golden.conftest import real

from thang.workspace.shop import Workspace

KEYS = {"customer": "C", "member": "M", "premier": "P"}
MOVES = {"CM": 5_078, "CP": 391, "MP": 1_126, "MC": 1_512, "PC": 148, "PM": 40}
QUARTERS = ("1997-04", "1997-07", "1997-10", "1998-01", "1998-04")


def people(shop: Workspace) -> dict[str, int]:
    return {level.key: level.people for level in shop.ladder().levels if level.people}


def bars(shop: Workspace) -> list[int]:
    with shop._record() as record:
        version = record.policy()
        assert version is not None
        found = record.bars(version.version)
    assert [f"{datetime.fromtimestamp(b.quarter / 1e6, UTC):%Y-%m}" for b in found] == list(
        QUARTERS
    )
    return [(b.premier_bar or 0) // 100 for b in found]


def test_everybody_of_cdnow_stands_where_the_rules_say(cdnow: Workspace) -> None:
    assert people(cdnow) == {"customer": 19_761, "member": 2_480, "premier": 1_329}
    placed = cdnow.export("placements")
    observed = Counter(placed["observed_level"].to_pylist())
    assert observed == {"customer": 22_174, "member": 1_126, "premier": 270}


def test_every_move_of_cdnow_is_the_one_the_rules_make(cdnow: Workspace) -> None:
    moves = cdnow.export("transitions").to_pylist()
    assert len(moves) == 31_865
    assert sum(move["from_level"] is None for move in moves) == 23_570
    between = Counter(KEYS[m["from_level"]] + KEYS[m["to_level"]] for m in moves if m["from_level"])
    assert between == MOVES
    assert Counter(move["cause"] for move in moves) == {"event": 29_855, "check": 2_010}
    first_bar = [
        m for m in moves if m["cause"] == "check" and f"{m['at']:%Y-%m-%d}" == "1997-04-01"
    ]
    assert len(first_bar) == 310


def test_the_bars_of_cdnow_are_the_published_ones(cdnow: Workspace) -> None:
    assert bars(cdnow) == [200, 200, 270, 270, 270]


def test_cdnow_with_a_window_of_a_year(tmp_path: Path) -> None:
    shop = Workspace.init(tmp_path / "cdnow", "USD", "UTC")
    policy = shop.folder.policy_file
    policy.write_text(policy.read_text("utf-8") + "window: {mode: 365}\n", "utf-8")
    shop.import_file(real("cdnow_master.txt"))
    shop.classify("1998-06-30")
    assert people(shop) == {"customer": 17_861, "member": 3_814, "premier": 1_895}
    assert shop.export("transitions").num_rows == 32_999
    assert bars(shop) == [200, 200, 250, 250, 330]


def test_importing_cdnow_again_changes_nothing(cdnow: Workspace) -> None:
    again = cdnow.import_file(real("cdnow_master.txt")).tally
    assert (again.rows, again.stored, again.duplicate) == (69_659, 0, 69_659)


def test_online_retail_has_customers_members_premiers_and_those_who_sent_all_back(
    retail: Workspace,
) -> None:
    (done,) = retail.imports()
    assert done.rows == 525_461
    assert done.rows == done.stored + done.duplicate + done.refused
    found = people(retail)
    assert sum(found.values()) == 4_314
    assert found == {
        "lead": 8, "shopper": 15, "customer": 2_647, "member": 1_254, "premier": 390,
    }  # fmt: skip

"""The benchmark's rows: sorted, whole, in the right mix, and alike for a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from thang.model import DAY, Flag, WrongInput
from thang.river.events import CODES, ORDER_KINDS
from thang.river.tables import EVENT_COLUMNS
from thang.simulate import bulk
from thang.simulate.bulk import bulk_events

ROWS = 200_000
Table = dict[str, np.ndarray]


def read(path: Path) -> Table:
    table = pq.read_table(path)
    return {name: table[name].to_numpy() for name in table.column_names}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bulk") / "rows.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "ROW_GROUP", 30_000)
        bulk_events(ROWS, 7, file)
    return file


@pytest.fixture(scope="module")
def rows(path: Path) -> Table:
    return read(path)


def test_columns_and_types_are_those_of_the_river(path: Path) -> None:
    schema = pq.read_schema(path)
    assert tuple(schema.names) == EVENT_COLUMNS
    narrow = {"kind", "grade", "flags"}
    for field in schema:
        assert str(field.type) == ("int16" if field.name in narrow else "int64")


def test_rows_are_sorted_by_person_instant_and_sequence(rows: Table) -> None:
    order = np.lexsort((rows["seq"], rows["at"], rows["person"]))
    assert np.array_equal(order, np.arange(ROWS))
    assert np.array_equal(np.unique(rows["seq"]), np.arange(1, ROWS + 1))


def test_no_person_is_cut_in_two_by_a_row_group(path: Path) -> None:
    file = pq.ParquetFile(path)
    assert file.num_row_groups > 5
    last = 0
    for i in range(file.num_row_groups):
        person = file.read_row_group(i, columns=["person"])["person"].to_numpy()
        assert person[0] == last + 1
        last = int(person[-1])


def test_people_are_twenty_rows_in_the_mean_with_a_heavy_tail(rows: Table) -> None:
    person, each = np.unique(rows["person"], return_counts=True)
    assert np.array_equal(person, np.arange(1, len(person) + 1))
    assert 18 < each.mean() < 22
    assert np.median(each) < 13
    assert each.max() > 15 * each.mean()


def test_kinds_are_mixed_as_in_a_shop(rows: Table) -> None:
    names = {code: name for name, code in CODES.items()}
    codes, counts = np.unique(rows["kind"], return_counts=True)
    share = {names[int(code)]: n / ROWS for code, n in zip(codes, counts, strict=True)}
    looking = ["page", "product_viewed", "product_list_viewed", "email_opened", "link_clicked"]
    looking += ["live_chat_message_sent", "live_chat_message_received"]
    assert sum(share[kind] for kind in looking) == pytest.approx(0.70, abs=0.02)
    assert share["product_added"] + share["checkout_started"] == pytest.approx(0.05, abs=0.01)
    orders = sum(n for kind, n in share.items() if kind.startswith("order_"))
    assert orders == pytest.approx(0.20, abs=0.01)
    referrals = sum(n for kind, n in share.items() if kind.startswith("referral_"))
    assert referrals == pytest.approx(0.03, abs=0.005)
    undone = share["order_cancelled"] + share["order_refunded"]
    assert undone / share["order_completed"] == pytest.approx(0.03, abs=0.008)


def test_orders_are_placed_then_brought_or_cancelled(rows: Table) -> None:
    placed = rows["kind"] == CODES["order_completed"]
    at_of = dict(zip(rows["ref"][placed].tolist(), rows["at"][placed].tolist(), strict=True))
    who_of = dict(zip(rows["ref"][placed].tolist(), rows["person"][placed].tolist(), strict=True))
    assert len(at_of) == placed.sum()
    for kind, most in (("order_delivered", 5), ("order_cancelled", 1), ("order_refunded", 25)):
        later = rows["kind"] == CODES[kind]
        assert later.any()
        columns = (rows[name][later].tolist() for name in ("ref", "at", "person"))
        for ref, at, person in zip(*columns, strict=True):
            assert 0 < at - at_of[ref] <= most * DAY
            assert person == who_of[ref]


def test_money_is_where_money_is(rows: Table) -> None:
    has_amount = (rows["flags"] & int(Flag.AMOUNT)) != 0
    money = np.isin(rows["kind"], [CODES["order_completed"], CODES["order_refunded"]])
    assert np.array_equal(has_amount, money)
    assert (rows["amount"][money] > 0).all()
    assert not rows["amount"][~money].any()
    lifecycle = np.isin(rows["kind"], [CODES[kind] for kind in ORDER_KINDS])
    assert np.array_equal((rows["flags"] & int(Flag.DELIVERED)) != 0, lifecycle)


def test_the_other_one_is_another_person_of_the_file(rows: Table) -> None:
    kinds = [CODES["referral_clicked"], CODES["referral_converted"]]
    met = np.isin(rows["kind"], kinds)
    assert ((rows["other"] != 0) == met).all()
    assert (rows["other"][met] != rows["person"][met]).all()
    assert (rows["other"][met] >= 1).all()
    assert (rows["other"][met] <= rows["person"].max()).all()


def test_they_span_three_years(rows: Table) -> None:
    years = (rows["at"].max() - rows["at"].min()) / (365 * DAY)
    assert 2.8 < years < 3.1


def test_a_seed_is_a_file(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abc"]
    for seed, file in zip((1, 1, 2), files, strict=True):
        bulk_events(5_000, seed, file)
    one, same, other = (read(file) for file in files)
    assert all(np.array_equal(one[name], same[name]) for name in EVENT_COLUMNS)
    assert not np.array_equal(one["at"], other["at"])


@pytest.mark.parametrize("count", [1, 2, 3, 17, 1_234])
def test_exactly_as_many_rows_as_asked(count: int, tmp_path: Path) -> None:
    people = bulk_events(count, 3, tmp_path / "few.parquet")
    rows = read(tmp_path / "few.parquet")
    assert len(rows["person"]) == count
    assert rows["person"].max() == people


def test_no_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="at least one"):
        bulk_events(0, 1, tmp_path / "none.parquet")

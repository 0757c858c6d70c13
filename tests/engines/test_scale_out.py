"""A shop's folder through both calculators: the same rows, the same facts, nobody lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from thang.engines.columns import FOLDED
from thang.engines.duckdb import Projection
from thang.model import DAY, Event, Finality, Gathered, Identifier, Unavailable, WrongInput
from thang.record import Record
from thang.river.calendar import end_of_day
from thang.river.tables import EVENT_COLUMNS
from thang.workspace.scale_out import classify_on_spark
from thang.workspace.shop import Workspace

from .placing import Said, said, said_by

TODAY = "2025-06-30"
START = 1_704_042_000_000_000  # 2024-01-01 in Ho Chi Minh City
SHOPPERS = 45

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:pyspark")


def named(number: int) -> tuple[Identifier, ...]:
    return (Identifier("customer", f"KH-{number}"),)


def order(number: int, day: int, amount: int = 400_000) -> Event:
    return Event(
        "till", "order_completed", START + day * DAY, named(number), ref=f"DH-{number}-{day}",
        amount=amount, currency="VND", finality=Finality.FINAL,
    )  # fmt: skip


def history(first: int, last: int) -> Iterator[Gathered]:
    """Shoppers who buy every 10 to 40 days; every fifth brings the next one along."""
    for number in range(first, last):
        for day in range(number % 30, 540, 10 + number % 31):
            yield Gathered(1, (order(number, day, 100_000 * (1 + number % 9)),))
        if number % 5 == 0:
            brought = Event(
                "till", "referral_converted", START + DAY, named(number), other=named(number + 1)
            )
            yield Gathered(1, (brought,))


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    """A shop with a history, not classified yet."""
    made = Workspace.init(tmp_path / "shop", now=lambda: end_of_day(TODAY, "Asia/Ho_Chi_Minh"))
    append(made, history(0, SHOPPERS))
    return made


def append(shop: Workspace, rows: Iterator[Gathered]) -> None:
    with Record.open(shop.folder.path, shop.folder.now) as record:
        record.append("till", f"lot {len(record.batches())}", rows)


def kept(shop: Workspace) -> Said:
    with Projection.open(shop.folder.projection_file) as projection:
        return said_by(projection)


def bars_of(shop: Workspace) -> list[Any]:
    with Record.open(shop.folder.path, shop.folder.now) as record:
        version = record.policy()
        assert version is not None
        return record.bars(version.version)


def folder(path: Path, schema: pa.Schema) -> pa.Table:
    return pyarrow.parquet.read_table(path).select(schema.names).cast(schema)


def written(out: Path) -> Said:
    return said(lambda name: folder(out / name, FOLDED[name]))


@pytest.mark.spark
def test_a_shop_on_spark_first_then_embedded(shop: Workspace, spark: Any) -> None:
    told, words = classify_on_spark(shop, TODAY, None, None, spark)
    out = shop.folder.path / "spark-out"
    frozen = bars_of(shop)
    assert pyarrow.parquet.read_table(out / "bars").num_rows == len(frozen) > 0
    done = shop.classify(TODAY)
    assert bars_of(shop) == frozen
    assert told["policy"] == f"{done.version.version}:{done.version.fingerprint}"
    assert (told["people"], told["as_of"]) == (done.people, done.as_of) == (SHOPPERS, done.as_of)
    assert sum(told["levels"].values()) == SHOPPERS
    assert str(out) in words
    found = written(out)
    assert found == kept(shop)
    assert told["transitions"] == len(found.transitions)


@pytest.mark.spark
def test_after_spark_the_embedded_engine_still_folds_who_is_new(
    shop: Workspace, spark: Any
) -> None:
    shop.classify(TODAY)
    append(shop, iter([Gathered(1, (order(900, 500),))]))
    classify_on_spark(shop, TODAY, None, None, spark)
    assert shop.classify(TODAY).people == SHOPPERS + 1
    assert written(shop.folder.path / "spark-out").transitions == kept(shop).transitions


@pytest.mark.spark
def test_parquet_without_a_shop_is_judged_by_the_default_policy(
    shop: Workspace, spark: Any, tmp_path: Path
) -> None:
    classify_on_spark(shop, TODAY, None, None, spark)
    own = shop.folder.path / "spark-out"
    nowhere = Workspace(tmp_path / "nowhere")
    told, _ = classify_on_spark(nowhere, TODAY, own / "events", tmp_path / "elsewhere", spark)
    assert told["people"] == SHOPPERS
    assert not nowhere.folder.path.exists()
    assert written(tmp_path / "elsewhere") == written(own)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pa.table({"person": [1], "at": [1]}), "lacks whole numbers in seq, kind, ref"),
        (pa.table({n: ["1"] for n in EVENT_COLUMNS}), "lacks whole numbers in person, at"),
        (pa.table({n: pa.array([], pa.int64()) for n in EVENT_COLUMNS}), "holds no rows"),
    ],
)
def test_parquet_that_cannot_be_judged_is_refused(
    table: pa.Table, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "events.parquet"
    pyarrow.parquet.write_table(table, file)
    with pytest.raises(WrongInput, match=says):
        classify_on_spark(Workspace(tmp_path / "no"), TODAY, file, tmp_path / "out")


@pytest.mark.spark
def test_rows_without_a_person_or_an_instant_are_refused(spark: Any, tmp_path: Path) -> None:
    holes = {name: pa.array([1, None], pa.int64()) for name in EVENT_COLUMNS}
    pyarrow.parquet.write_table(pa.table(holes), tmp_path / "events.parquet")
    with pytest.raises(WrongInput, match="lack person, at, seq, kind in some rows"):
        classify_on_spark(
            Workspace(tmp_path / "no"), TODAY, tmp_path / "events.parquet", tmp_path / "out", spark
        )
    assert not (tmp_path / "out").exists()


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "events.csv"
    text.write_text("person,at\n1,2\n")
    for events in (empty, text, tmp_path / "missing"):
        with pytest.raises(WrongInput, match="holds no Parquet"):
            classify_on_spark(Workspace(tmp_path / "no"), TODAY, events, tmp_path / "out")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """One event of nobody in particular."""
    (tmp_path / "events").mkdir()
    one = pa.table({name: [1] for name in EVENT_COLUMNS})
    pyarrow.parquet.write_table(one, tmp_path / "events" / "one.parquet")
    return tmp_path / "events"


def test_results_never_go_into_the_events(events: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="--out lies inside --events"):
        classify_on_spark(Workspace(tmp_path), TODAY, events, events / "out")


def test_without_java_the_cure_is_named(
    monkeypatch: pytest.MonkeyPatch, events: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(Unavailable, match=r"Java 17 runtime|pip install"):
        classify_on_spark(Workspace(tmp_path / "no"), TODAY, events, tmp_path / "out")


def test_a_refused_date_loses_nobody(shop: Workspace) -> None:
    shop.classify(TODAY)
    append(shop, iter([Gathered(1, (order(900, 500),))]))
    with pytest.raises(WrongInput, match="before the first event"):
        shop.classify("1999-12-31")
    done = shop.classify(TODAY)
    assert (done.people, done.folded) == (SHOPPERS + 1, 1)


def test_many_new_rows_leave_everybody_placed_once(shop: Workspace) -> None:
    """More than a few: everybody is folded, from events that have just been laid out anew."""
    shop.classify(TODAY)
    append(shop, (Gathered(1, (order(number, 541),)) for number in range(SHOPPERS)))
    assert shop.classify(TODAY).people == SHOPPERS
    found = kept(shop)
    assert len({row[0] for row in found.placements}) == len(found.placements)
    shop.classify(TODAY, everybody=True)
    assert kept(shop) == found

"""A fitted shop for programs: parameters, scores in batches, the holdout, SQL for a warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from thang.clv.summaries import Rfm, rfm_from
from thang.model import WrongInput
from thang.river.lifetime import value
from thang.river.lifetime.choosing import Backtest, backtests
from thang.river.lifetime.rows import Float64
from thang.river.lifetime.scoring import Note, Terms
from thang.river.tables import Int16

SCORES = pa.schema(
    [
        ("p_alive", pa.float64()),
        ("purchases", pa.float64()),
        ("purchases_low", pa.int32()),
        ("purchases_high", pa.int32()),
        ("spend", pa.float64()),
        ("clv", pa.float64()),
        ("lo", pa.float64()),
        ("hi", pa.float64()),
        ("flag", pa.string()),
    ]
)
EXPECTED = pa.schema([("expected_lo", pa.float64()), ("expected_hi", pa.float64())])
COLUMNS = (
    "alive", "purchases", "purchases_low", "purchases_high", "order", "value", "value_low",
    "value_high",
)  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """A fitted shop: what it knows of itself, and its customers' scores."""

    rfm: Rfm
    lifetime: value.Lifetime

    @property
    def status(self) -> str:
        """How far the answer rests on data: see `river.lifetime.fitted.Fitted`."""
        return self.lifetime.status

    @property
    def model(self) -> str:
        """`bg`, `mbg` or `pareto`."""
        return self.lifetime.buying.model.name

    @property
    def loglik(self) -> float:
        """Log-likelihood of the purchases, time in days, without the prior."""
        return self.lifetime.loglik

    @property
    def rows(self) -> int:
        """Unique rows that the customers came to."""
        return len(self.rfm.summary.cells)

    @property
    def dropped(self) -> int:
        """Repeat buyers without a positive amount, whom the spend model leaves out."""
        return self.lifetime.spending.dropped

    def params(self, unit: float = 1.0) -> dict[str, float]:
        """Of purchases, in units of `unit` days, and of spend, in the amounts' own."""
        return self.lifetime.buying.parameters(unit) | self.lifetime.spending.parameters

    def errors(self, unit: float = 1.0) -> dict[str, float]:
        """Standard errors of the purchase parameters."""
        return self.lifetime.buying.errors(unit)

    @property
    def cov(self) -> Float64:
        """Covariance of the logarithms of the purchase parameters."""
        return self.lifetime.buying.summit.covariance

    def score(
        self,
        rfm: Rfm | None = None,
        horizon: float = 1_095.0,
        annual_discount: float = 0.10,
        margin: float = 1.0,
        interval: float = 0.9,
        expected: bool = False,
    ) -> pa.RecordBatchReader:
        """Batches of `id` and the columns of `SCORES`; `horizon` in days.

        `lo` and `hi` are of the value that will really come; `expected` adds the columns of
        `EXPECTED`, the interval of its expectation.
        """
        terms = Terms(horizon, annual_discount, margin, interval, expected)
        rfm = rfm or self.rfm
        schema = pa.schema([("id", rfm.ids.type), *SCORES, *(EXPECTED if expected else ())])
        return pa.RecordBatchReader.from_batches(schema, self._batches(terms, rfm, schema))

    def _batches(self, terms: Terms, rfm: Rfm, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        start = 0
        for scores in self.lifetime.scores(terms, rfm.summary):
            ids = rfm.ids.slice(start, len(scores.person))
            start += len(scores.person)
            columns = [pa.array(getattr(scores, name)) for name in COLUMNS]
            columns.append(flags(scores.note))
            if terms.expected:
                columns += [pa.array(scores.expected_low), pa.array(scores.expected_high)]
            yield pa.record_batch([ids, *columns], schema=schema)

    def holdout(self, days: int | None = None) -> pa.Table:
        """Every model on the last days: errors, correlation, log-likelihood; best first."""
        tests = self.lifetime.tests
        if days is not None or not tests:
            purchases, today = self.rfm.purchases, self.rfm.today
            if purchases is None or today is None:
                raise WrongInput("A holdout needs the orders: fit what `summarise` returned.")
            tests = backtests(purchases, today, days=days)
        names = Backtest.__dataclass_fields__
        return pa.table({name: [asdict(test)[name] for test in tests] for name in names})

    def to_sql(
        self, horizon: float = 1_095.0, annual_discount: float = 0.10, margin: float = 1.0
    ) -> tuple[str, pa.Table]:
        """A query over tables `rfm` and `lookup` that scores in a warehouse, and that `lookup`.

        `lookup` has one row for each (frequency, recency, age) of the shop.
        """
        terms = Terms(horizon, annual_discount, margin)
        cells = self.rfm.summary.cells
        rows = self.lifetime.rows(terms, cells)
        lookup = {
            "frequency": cells.x.astype(np.int32),
            "recency": cells.t.astype(np.int32),
            "age": cells.age.astype(np.int32),
            "p_alive": rows.alive,
            "purchases": rows.living * rows.coming.purchases,
            "discounted": rows.living * rows.coming.first,
        }
        spend = order_sql(self.lifetime)
        wanted = f"rfm.id, p_alive, purchases, {spend} AS spend, {margin!r} * discounted * {spend}"
        query = f"SELECT {wanted} AS clv FROM rfm JOIN lookup USING (frequency, recency, age)"  # noqa: S608
        return query, pa.table(lookup)


def order_sql(lifetime: value.Lifetime) -> str:
    """The expected order of a row of `rfm`, as an expression."""
    spending = lifetime.spending
    if spending.parameters:
        p, q, gamma = (repr(one) for one in spending.parameters.values())
        return f"({p} * ({gamma} + rfm.paid * rfm.spend) / ({p} * rfm.paid + {q} - 1))"
    if spending.status in ("constant", "no_money"):
        return repr(spending.unit)
    known = f"ln(greatest(rfm.spend, {1e-9 * spending.unit!r}))"
    return (
        f"(CASE WHEN rfm.paid = 0 THEN {spending.unit!r} ELSE exp((rfm.paid * {known} + "
        f"ln({spending.unit!r})) / (rfm.paid + 1)) END)"
    )


def flags(note: Int16) -> pa.Array:
    """Bits of `Note` as words, one string a customer."""
    found, back = np.unique(note, return_inverse=True)
    words = [
        " ".join(one.name.lower() for one in Note if one & bits and one.name)
        for bits in found.tolist()
    ]
    return pa.array(np.array(words, object)[back] if len(found) else [], pa.string())


def fit(rfm: Rfm | pa.Table, model: str = "auto", prior: str = "auto") -> Fit:
    """Fit a shop; `auto` chooses by holdout where the orders are known and there are enough."""
    rfm = rfm if isinstance(rfm, Rfm) else rfm_from(rfm)
    found = value.fit(rfm.summary, rfm.purchases, rfm.today, model, prior)
    return Fit(rfm, found)

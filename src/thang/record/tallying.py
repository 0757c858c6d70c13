"""Counting what became of the rows: every row is stored, duplicate or refused, and once only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from thang.model import Gathered, Tally


def tally_of(portion: Sequence[Gathered], stored: set[int], events: int) -> Tally:
    """The tally of one portion; `stored` are the places of those that brought a new event."""
    became: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for place, gathered in enumerate(portion):
        became[_fate(gathered, place in stored)] += gathered.rows
        if gathered.refused is not None:
            reasons[gathered.refused.reason] += gathered.rows
    return Tally(rows=became.total(), events=events, reasons=dict(reasons), **became)


def _fate(gathered: Gathered, stored: bool) -> str:
    if (gathered.refused is None) == (not gathered.events):
        raise ValueError("rows become either events or one refusal, never both and never nothing")
    if gathered.refused is not None:
        return "refused"
    return "stored" if stored else "duplicate"


def counts_of(tally: Tally) -> dict[str, int]:
    """The tally's numbers by name, without the reasons."""
    return {
        "rows": tally.rows,
        "stored": tally.stored,
        "duplicate": tally.duplicate,
        "refused": tally.refused,
        "events": tally.events,
    }


def sum_of(one: Tally, two: Tally) -> Tally:
    """Both portions together."""
    counts = Counter(counts_of(one)) + Counter(counts_of(two))
    return Tally(**counts, reasons=dict(Counter(one.reasons) + Counter(two.reasons)))

"""What an import of a file would do, before it does: read whole, and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from thang.model import Gathered, Tally
from thang.record import Record
from thang.record.appending import in_portions
from thang.sources.files import ShopFacts, read
from thang.workspace.recognising import recognise
from thang.workspace.refusals import EXAMPLES, Example, Refusals, example


@dataclass(frozen=True, slots=True)
class Checked:
    """What an import would do: rows == stored + duplicate + refused, as ever.

    `back` events were taken back with an earlier import and would count again. `examples`
    in `refusals` hold values of people's, for whoever brings the file.
    """

    format: str
    tally: Tally
    back: int
    new_people: int
    known_people: int
    first_at: int | None
    last_at: int | None
    refusals: tuple[Refusals, ...]
    unmapped_columns: tuple[str, ...]
    notes: tuple[str, ...]


def check(
    path: Path,
    shop: ShopFacts,
    record: Record,
    now: int,
    mapping: Path | None = None,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Checked:
    """Read a whole file and say what an import of it would do."""
    opened = read(path, shop=shop, mapping=mapping, now=now)
    roles = {role: name for name, role in recognise(path, shop, mapping).guesses.items()}
    rehearsal, seen = record.rehearse(), Seen(roles)
    for portion in in_portions(opened):
        rehearsal.take(portion)
        seen.take(portion)
        progress(rehearsal.tally)
    people = rehearsal.people
    return Checked(
        opened.format, rehearsal.tally, rehearsal.back, people.new, people.known,
        seen.first_at, seen.last_at, seen.refusals(rehearsal.tally), opened.unmapped_columns,
        opened.notes,
    )  # fmt: skip


class Seen:
    """What rows speak of: the first and last instant, and examples of what is refused."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = columns
        self._examples: dict[str, list[Example]] = {}
        self.first_at: int | None = None
        self.last_at: int | None = None

    def take(self, portion: Iterable[Gathered]) -> None:
        """Look at one portion."""
        for gathered in portion:
            for event in gathered.events:
                self.first_at = min(event.at, self.first_at or event.at)
                self.last_at = max(event.at, self.last_at or event.at)
            if gathered.refused:
                some = self._examples.setdefault(gathered.refused.reason, [])
                if len(some) < EXAMPLES:
                    some.append(example(gathered.refused, self._columns))

    def refusals(self, tally: Tally) -> tuple[Refusals, ...]:
        """What was refused by reason, the most first."""
        counted = sorted(tally.reasons.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Refusals(why, rows, tuple(self._examples[why])) for why, rows in counted)


def rows_in(path: Path) -> int | None:
    """About how many rows a file has, to say how far reading is; None where only reading tells."""
    with path.open("rb") as file:
        if file.read(2) in (b"PK", b"PA"):
            return None
        lines = 1
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
    return lines

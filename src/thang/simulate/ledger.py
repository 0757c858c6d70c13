"""What every person really brought and cost, entry by entry, whatever the shop wrote down."""

from __future__ import annotations

from collections.abc import Iterator

# Contribution margin is what comes in less what an order costs; the rest serves the person.
MARGIN, SERVICE = 0, 1


class Ledger:
    """Entries by place of the person: instant, minor units (costs below 0), margin or service."""

    def __init__(self, people: int) -> None:
        self._entries: list[list[tuple[int, int, int]]] = [[] for _ in range(people)]
        self._minutes: list[list[tuple[int, int]]] = [[] for _ in range(people)]
        self._revenue: list[list[tuple[int, int]]] = [[] for _ in range(people)]

    def earn(self, who: int, at: int, amount: int) -> None:
        """Revenue, or below 0 what went back."""
        self._entries[who].append((at, amount, MARGIN))
        self._revenue[who].append((at, amount))

    def spend(self, who: int, at: int, amount: int, *, on_service: bool = False) -> None:
        """A cost, above 0; of an order unless `on_service`."""
        self._entries[who].append((at, -amount, SERVICE if on_service else MARGIN))

    def help(self, who: int, at: int, minutes: int, price: int) -> None:
        """Minutes of help at the price of a minute."""
        self._minutes[who].append((at, minutes))
        self.spend(who, at, minutes * price, on_service=True)

    def margin(self, who: int) -> Iterator[tuple[int, int]]:
        """Entries of the contribution margin: instant and minor units."""
        return ((at, amount) for at, amount, kind in self._entries[who] if kind == MARGIN)

    def profit(self, who: int, until: int) -> int:
        """All that was left of the person before an instant, minor units."""
        return sum(amount for at, amount, _ in self._entries[who] if at < until)

    def minutes(self, who: int, until: int) -> int:
        """Minutes of help before an instant."""
        return sum(minutes for at, minutes in self._minutes[who] if at < until)

    def revenue(self, who: int, until: int) -> int:
        """Revenue less what went back, before an instant, minor units."""
        return sum(amount for at, amount in self._revenue[who] if at < until)

"""Who moved from which level to which within a month, as ribbons between two columns.

Heights go by the square root of people: beside thousands who stayed, eleven who climbed would
vanish. Whoever shows it must say so; the table beneath has the true numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

NEW = -1  # whence newcomers flow
HEIGHT = 1000.0
WIDTH = 1000.0
GAP = 18.0  # between nodes
LABEL = 44.0  # the least distance of two labels: a line of small type on the lowest plot
THINNEST = 1.5


@dataclass(frozen=True, slots=True)
class Node:
    """A level's bar at one side; `level` is None for newcomers. Per cent of the height."""

    level: str | None
    y: float
    height: float
    label_y: float
    count: int


@dataclass(frozen=True, slots=True)
class Ribbon:
    """People who went one way, as a path in thousandths; `kind` is stayed, up, down or new."""

    source: str | None
    target: str
    count: int
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the macro draws."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


@dataclass(frozen=True, slots=True)
class Alluvial:
    """`flows[(a, b)]` people stood on level a when the month began and on b when it ended.

    Levels are indices from the lowest; `NEW` as a source are those who were not known before.
    """

    levels: tuple[str, ...]
    flows: Mapping[tuple[int, int], int]

    def people(self, *kinds: str) -> int:
        """How many moved in these ways."""
        return sum(n for (a, b), n in self.flows.items() if kind_of(a, b) in kinds)

    def rows(self) -> tuple[tuple[str | None, tuple[int, ...]], ...]:
        """The table: from each level, the highest first and newcomers last, to each level."""
        order = range(len(self.levels))
        return tuple(
            (self._name(a), tuple(self.flows.get((a, b), 0) for b in order))
            for a in (*reversed(order), NEW)
        )

    def drawing(self) -> Drawing:
        """Nodes and ribbons, the highest level at the top on both sides."""
        kept = {pair: n for pair, n in self.flows.items() if n > 0}
        rank = {a: -a for a in (*range(len(self.levels)), NEW)}
        going = sorted(kept, key=lambda pair: (rank[pair[0]], rank[pair[1]]))
        coming = sorted(kept, key=lambda pair: (rank[pair[1]], rank[pair[0]]))
        scale = _scale(kept)
        left, starts = self._side(going, kept, 0, scale)
        right, ends = self._side(coming, kept, 1, scale)
        ribbons = (
            self._ribbon(pair, kept[pair], starts[pair], ends[pair], scale) for pair in going
        )
        return Drawing(left, right, tuple(sorted(ribbons, key=_loudness)))

    def _side(
        self,
        order: Sequence[tuple[int, int]],
        flows: Mapping[tuple[int, int], int],
        end: int,
        scale: float,
    ) -> tuple[tuple[Node, ...], dict[tuple[int, int], float]]:
        """One column from the top: each node as high as its ribbons, and where these begin."""
        tops: dict[tuple[int, int], float] = {}
        spans: dict[int, list[float]] = {}
        y = 0.0
        for pair in order:
            level = pair[end]
            if level not in spans:
                y += GAP if spans else 0.0
                spans[level] = [y, y]
            tops[pair] = y
            y += _thickness(flows[pair], scale)
            spans[level][1] = y
        return self._nodes(spans, flows, end), tops

    def _nodes(
        self, spans: Mapping[int, list[float]], flows: Mapping[tuple[int, int], int], end: int
    ) -> tuple[Node, ...]:
        labels = spread([(top + bottom) / 2 for top, bottom in spans.values()])
        return tuple(
            Node(
                self._name(level),
                _percent(top),
                _percent(bottom - top),
                _percent(label),
                sum(n for pair, n in flows.items() if pair[end] == level),
            )
            for (level, (top, bottom)), label in zip(spans.items(), labels, strict=True)
        )

    def _ribbon(
        self, pair: tuple[int, int], count: int, start: float, end: float, scale: float
    ) -> Ribbon:
        source, target = pair
        path = _path(start, end, _thickness(count, scale))
        return Ribbon(self._name(source), self.levels[target], count, kind_of(*pair), path)

    def _name(self, level: int) -> str | None:
        return None if level == NEW else self.levels[level]


def kind_of(source: int, target: int) -> str:
    """Which way a flow goes."""
    if source == NEW:
        return "new"
    if source == target:
        return "stayed"
    return "up" if target > source else "down"


def spread(wanted: Sequence[float]) -> list[float]:
    """Labels as near to where they want to be as their least distance lets them, in order."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + LABEL) if placed else max(y, LABEL / 2))
    below = HEIGHT + LABEL / 2
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], below - LABEL)
        below = placed[i]
    return placed


def _scale(flows: Mapping[tuple[int, int], int]) -> float:
    """Thousandths for one root of people, such that the fuller column fills the height."""
    roots = sum(sqrt(n) for n in flows.values())
    nodes = max(len({a for a, _ in flows}), len({b for _, b in flows}), 1)
    thin = THINNEST * len(flows)
    return (HEIGHT - GAP * (nodes - 1) - thin) / roots if roots else 0.0


def _thickness(count: int, scale: float) -> float:
    return THINNEST + sqrt(count) * scale


def _path(start: float, end: float, thick: float) -> str:
    """A ribbon that leaves and arrives level, its bend in the middle."""
    half = WIDTH / 2
    return (
        f"M0 {start:.1f}C{half:.0f} {start:.1f} {half:.0f} {end:.1f} {WIDTH:.0f} {end:.1f}"
        f"V{end + thick:.1f}"
        f"C{half:.0f} {end + thick:.1f} {half:.0f} {start + thick:.1f} 0 {start + thick:.1f}Z"
    )


def _loudness(ribbon: Ribbon) -> int:
    """Who stayed lies beneath, who fell lies on top."""
    return ("stayed", "new", "up", "down").index(ribbon.kind)


def _percent(of_height: float) -> float:
    return round(100 * of_height / HEIGHT, 2)

"""A policy laid out but not yet believed: its tree, what was dropped, and its complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.model import WrongPolicy
from thang.policy.tree import Keys, Node, Spot


def wrong(spot: Spot, path: str, sentence: str) -> WrongPolicy:
    """The error that names file, line and key."""
    return WrongPolicy(f"{spot}: {path}: {sentence}." if path else f"{spot}: {sentence}.")


def inside(path: str, key: str) -> str:
    """The dotted path of a key within another."""
    return f"{path}.{key}" if path else key


def _is_in(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}.")


@dataclass(frozen=True, slots=True)
class Draft:
    """The effective tree, and for each dotted path that was dropped the line that dropped it."""

    root: Keys
    drops: Mapping[str, Spot]

    def find(self, path: str) -> Node | None:
        """What stands at a dotted path."""
        node: Node | None = self.root
        for key in path.split("."):
            node = node.items.get(key) if isinstance(node, Keys) else None
        return node

    def keys(self, path: str) -> tuple[str, ...]:
        """The names within a mapping."""
        node = self.find(path)
        return tuple(node.items) if isinstance(node, Keys) else ()

    def spot(self, path: str) -> Spot:
        """The line of a path, else that of the nearest mapping around it."""
        node = self.find(path) if path else self.root
        return node.spot if node else self.spot(path.rpartition(".")[0])

    def wrong(self, path: str, sentence: str, *others: str) -> WrongPolicy:
        """An error at a path, on the line of whichever path the shop itself wrote or dropped."""
        return wrong(self._blamed((path, *others)), path, sentence)

    def _blamed(self, paths: tuple[str, ...]) -> Spot:
        """Nobody can mend the default policy, so the shop's own line is named if there is one."""
        lines = [self.spot(paths[0])]
        lines += [spot for path in paths for drop, spot in self.drops.items() if _is_in(drop, path)]
        lines += [self.spot(path) for path in paths[1:]]
        return next((spot for spot in lines if spot.file == self.root.spot.file), lines[0])

    def missing(self, path: str, speaker: str, sentence: str) -> WrongPolicy:
        """The error of a speaker that speaks of a path that is not there: never, or no longer."""
        if path not in self.drops:
            return self.wrong(speaker, sentence)
        return wrong(
            self.drops[path],
            path,
            f"this is dropped, but {speaker} ({self.spot(speaker)}) still speaks of it; "
            f"change {speaker} too, or keep this",
        )

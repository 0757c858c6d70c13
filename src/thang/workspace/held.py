"""A workspace that keeps its files open: one process owns the projection, many threads read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any, Self

from thang.channels.settings.nouns import ChannelSettings
from thang.engines.duckdb import Projection
from thang.engines.opening import is_damage
from thang.record import Record
from thang.record.erasing import Erasure
from thang.simulate.providers.stand_in import StandIn
from thang.workspace import classify as classifying
from thang.workspace.acting.run import Ran
from thang.workspace.applying import Applied, Wish
from thang.workspace.arriving import Arrivals
from thang.workspace.delivering import PORTION, Delivered
from thang.workspace.folder import wall_clock
from thang.workspace.preview import Preview
from thang.workspace.shop import Workspace


class HeldWorkspace(Workspace):
    """The verbs of a workspace for a server: readers never wait, one thread classifies at a time.

    Readers see what was last committed while a classification is under way.
    """

    def __init__(self, path: Path, now: Callable[[], int] = wall_clock) -> None:
        super().__init__(path, now)
        self._book = super()._record().__enter__()
        self._owned = Projection.open(self.folder.projection_file)
        self._one_writer, self._one_postman = RLock(), RLock()
        self.settle_erasures()

    def classify(self, *words: Any, **named: Any) -> classifying.Classified:
        """As ever, one at a time; a projection that is found damaged is made again at once."""
        with self._one_writer:
            try:
                return super().classify(*words, **named)
            except Exception as error:
                if not is_damage(error):
                    raise
                self._renew()
                return super().classify(*words, **named)

    def arrivals(self) -> Arrivals:
        """The way in for live events, for one thread beside whatever else goes on."""
        return Arrivals(self._book, self.folder)

    def judge(self) -> bool:
        """As ever, one at a time with what classifies."""
        with self._one_writer:
            return super().judge()

    def _alone(self) -> AbstractContextManager[object]:
        return self._one_writer

    def run(self, *, dry: bool = False) -> Ran:
        """As ever, one at a time with what classifies."""
        with self._one_writer:
            return super().run(dry=dry)

    def send(self, *, dry: bool = False, limit: int = PORTION) -> Delivered:
        """As ever, one at a time, while whoever classifies goes on."""
        with nullcontext() if dry else self._one_postman:
            return super().send(dry=dry, limit=limit)

    @contextmanager
    def _standing_in(self, settings: ChannelSettings) -> Iterator[StandIn | None]:
        """A stand-in that is kept, so that one can look at what came to it."""
        with self._one_postman:
            if settings.fake and self.stand_in is None:
                self.stand_in = StandIn(self.folder.now).__enter__()
        with super()._standing_in(settings) as found:
            yield found

    def apply_policy(self, wish: Wish) -> Applied:
        """As ever, one at a time with what classifies."""
        with self._one_writer:
            return super().apply_policy(wish)

    def preview_policy(self, text: str, *, whole: bool = False) -> Preview:
        """As ever; a sample waits for nobody, everybody's lines must lie still meanwhile."""
        with self._one_writer if whole else nullcontext():
            return super().preview_policy(text, whole=whole)

    def close(self) -> None:
        """Let go of the files."""
        with self._one_postman, self._one_writer:
            if self.stand_in is not None:
                self.stand_in.__exit__()
            self._owned.close()
            self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def erase(self, person: str) -> Erasure:
        """As ever, one at a time with what classifies."""
        with self._one_writer:
            return super().erase(person)

    def _forget_derived(self) -> None:
        with self._one_writer:
            self._renew()

    def _renew(self) -> None:
        self._owned.close()
        self.folder.projection_file.unlink(missing_ok=True)
        self._owned = Projection.open(self.folder.projection_file)

    def _record(self) -> AbstractContextManager[Record]:
        return nullcontext(self._book)

    def _projection(self) -> AbstractContextManager[Projection]:
        return self._owned.beside()

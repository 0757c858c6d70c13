"""What a shop's customers write on public pages, and the people of the shop who read it.

Whoever writes is not known to be who they say, so that nothing here credits anybody: the shop's
people read it first, and it is gone once they have settled it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thang.record import Record
from thang.river.programmes import codes

if TYPE_CHECKING:
    from thang.workspace.pages import Look

JOIN, FEEDBACK = "join", "feedback"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Written:
    """One form that waits to be read; `referrer`: who refers with its code, empty if nobody."""

    id: int
    form: str
    name: str
    contact: str
    text: str
    referrer: str
    at: int


class PublicForms(ABC):
    """The verbs of public forms."""

    def write_form(self, form: str, once: str, body: Mapping[str, str]) -> None:
        """Take a form down, sealed; the same one sent again changes nothing."""
        with self._record() as record:
            record.receive(form, f"{form}/{once}", dict(body))

    def written_forms(self) -> tuple[Written, ...]:
        """The oldest that wait to be read."""
        with self._record() as record:
            return tuple(
                Written(
                    one.id, one.form, one.body.get("name", ""), one.body.get("contact", ""),
                    one.body.get("text", ""), _referrer(record, one.body.get("code", "")), one.at,
                )
                for one in record.received(SHOWN)
            )  # fmt: skip

    def settle_form(self, number: int) -> None:
        """Somebody has seen to it: nothing of it is kept."""
        with self._record() as record:
            record.taken([number])

    def referral_code(self, person: str) -> str:
        """The code with which somebody refers, in two halves; theirs for ever."""
        with self._look() as look:
            return codes.shown(look.record.referral_code(self._number_of(look, person)))

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]:
        """The record, held open."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""


def _referrer(record: Record, code: str) -> str:
    holder = record.holder_of_code(code) if code else None
    return "" if holder is None else record.refs.ref_of(holder)

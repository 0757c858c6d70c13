"""The verbs of programmes: booking, where they stand, doubtful referrals, points for vouchers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from thang.model import DAY, WrongInput
from thang.policy.programmes import Programmes
from thang.record.ledger import Short
from thang.river.bars import minor_units
from thang.river.programmes.earning import ACCEPTED, REFUSED
from thang.river.programmes.vouchers import Voucher
from thang.workspace.programmes import Booked, Standing, book, numbers_of, standing

if TYPE_CHECKING:
    from thang.workspace.pages import Look

EXCHANGE = "points"  # the campaign of vouchers bought with points


@dataclass(frozen=True)
class ProgrammesAnswer:
    """The rules of the shop's programmes and what they stand at."""

    rules: Programmes
    standing: Standing


@dataclass(frozen=True)
class Exchanged:
    """A voucher bought with points: its code, what it takes off (minor units), until when."""

    code: str
    amount: int
    until: int


class Rewards(ABC):
    """The verbs of programmes. Before anybody is placed each is `WrongInput`."""

    def book_programmes(self) -> Booked:
        """Bring points and rewards to what orders and referrals say now."""
        with self._look() as look:
            now = look.projection.meta("as_of") or 0
            return book(look.record, look.projection, look.policy, now)

    def programmes(self) -> ProgrammesAnswer:
        """The rules, what was granted, and the referrals that wait for people."""
        with self._look() as look:
            now = look.projection.meta("as_of") or 0
            found = standing(look.record, look.projection, look.policy, now)
            return ProgrammesAnswer(look.policy.programmes, found)

    def judge_referral(self, referrer: str, friend: str, state: str, by: str, why: str) -> None:
        """Say that a doubtful referral is paid, or is not."""
        if state not in (ACCEPTED, REFUSED):
            raise WrongInput("A referral is accepted or refused: say which.")
        with self._look() as look:
            pair = (self._number_of(look, referrer), self._number_of(look, friend))
            look.record.judge_referral(*pair, state, by, why.strip()[:500])

    def points_of(self, person: str) -> int:
        """What somebody has to spend."""
        with self._look() as look:
            numbers = numbers_of(look.projection, self._number_of(look, person))
            return look.record.points_of(numbers)[0].free

    def exchange(self, person: str, points: int, key: str) -> Exchanged:
        """A voucher for points, by the policy's rate; `key` names this one exchange."""
        with self._look() as look:
            rules = look.policy.programmes.points
            if rules.worth is None:
                raise WrongInput(
                    "Points are not exchanged: set programmes.points.worth in the policy."
                )
            if points < rules.least:
                raise WrongInput(
                    f"{points} points are too few for a voucher: it takes {rules.least} or more."
                )
            numbers = numbers_of(look.projection, self._number_of(look, person))
            now = look.projection.meta("as_of") or 0
            amount = int(Fraction(points) * rules.worth * minor_units(look.policy.shop.currency))
            until = now + rules.voucher_days * DAY
            what = Voucher(amount, None, 0, 1, 1, now, until)
            try:
                code = look.record.buy_voucher(numbers, key, points, EXCHANGE, what)
            except Short:
                raise WrongInput(
                    f"They have fewer than {points} points: look at what they have first."
                ) from None
            return Exchanged(code, amount, until)

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""

"""The part of a record that rewards: points, vouchers, referrals, and what public forms bring.

Like all of acting these are short transactions of their own that wait for no import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from thang.model import WrongInput
from thang.record import forms, ledger_audit, lots, points, referring, vouchers
from thang.record.database import Database
from thang.record.forms import Received
from thang.record.key import ShopKey
from thang.record.ledger import Balance
from thang.record.ledger_tables import PROGRAMMES
from thang.record.lots import Lot
from thang.record.points import Award, Awarded
from thang.record.referring import ReferralWord
from thang.record.vouchers import Issued, Redeemed
from thang.river.programmes import codes
from thang.river.programmes.vouchers import Voucher

PORTION = 500
CODE_BYTES = 16
SHORT = 8  # letters of a referral code


def lay_programmes(database: Database) -> None:
    """The tables of programmes, in a record that was made before there were any."""
    with database.reading() as connection:
        if connection.dialect.has_table(connection, PROGRAMMES[-1].name):
            return
    with database.writing() as connection:
        for table in PROGRAMMES:
            table.create(connection, checkfirst=True)


class Rewarding:
    """What a record knows of rewards; every method is one transaction, or one a portion."""

    _record: Database
    _key: ShopKey
    _now: Callable[[], int]

    def award(self, awards: Iterable[tuple[Sequence[int], Award]]) -> int:
        """Bring what people got to what they are to have (`points.award`); how many changed."""
        changed, waiting = 0, list(awards)
        for start in range(0, len(waiting), PORTION):
            with self._record.writing() as connection:
                for numbers, one in waiting[start : start + PORTION]:
                    changed += bool(points.award(connection, numbers, one, self._now()))
        return changed

    def awarded(self) -> list[Awarded]:
        """What everybody got, for every `ref`."""
        with self._record.reading() as connection:
            return points.awarded(connection)

    def points_of(self, numbers: Sequence[int]) -> tuple[Balance, list[Lot]]:
        """A person's points, and their lots with what is left of each."""
        with self._record.reading() as connection:
            held = [lot for number in numbers for lot in lots.lots_of(connection, number)]
            held.sort(key=lambda lot: (lot.expires_at, lot.id))
            return points.balance(connection, numbers), held

    def redeem_points(self, numbers: Sequence[int], key: str, amount: int, ref: str) -> bool:
        """Spend points; `Short` where there are fewer. False if this was done before."""
        with self._record.writing() as connection:
            return points.redeem(connection, numbers, key, amount, ref, self._now())

    def buy_voucher(
        self, numbers: Sequence[int], key: str, amount: int, campaign: str, what: Voucher
    ) -> str:
        """Points for a voucher: both or neither. Its code; again: the same."""
        own = replace(what, holder=numbers[0])
        with self._record.writing() as connection:
            points.redeem(connection, numbers, key, amount, campaign, self._now())
            return self._issue(connection, key, campaign, own)

    def expire_points(self) -> int:
        """Take off all points that are over; how many lots there were."""
        total = 0
        while True:
            with self._record.writing() as connection:
                done = points.expire(connection, self._now(), PORTION)
            total += done
            if done < PORTION:
                return total

    def issue_voucher(self, key: str, campaign: str, what: Voucher, code: str = "") -> str:
        """Issue a voucher with a code of the shop's or a made one; again: the same code."""
        with self._record.writing() as connection:
            return self._issue(connection, key, campaign, what, code)

    def issue_new_voucher(self, key: str, campaign: str, what: Voucher) -> bool:
        """The same with a made code; whether there was none of this key."""
        with self._record.writing() as connection:
            code = self._hash(self.voucher_code(key))
            return vouchers.issue(connection, key, code, campaign, what, self._now())

    def issue_vouchers(self, wanted: Iterable[tuple[str, str, Voucher]]) -> None:
        """Issue many vouchers, `key`, `campaign` and terms of each, once each."""
        with self._record.writing() as connection:
            for key, campaign, what in wanted:
                self._issue(connection, key, campaign, what)

    def redeem_voucher(self, code: str, ref: str, order: int, numbers: Sequence[int]) -> Redeemed:
        """Redeem a voucher for an order of so much (`vouchers.redeem`)."""
        with self._record.writing() as connection:
            now = self._now()
            return vouchers.redeem(connection, self._hash(code), ref, order, numbers, now)

    def return_voucher(self, code: str, ref: str) -> bool:
        """The order came to nothing; False if that was said before."""
        with self._record.writing() as connection:
            return vouchers.give_back(connection, self._hash(code), ref, self._now())

    def vouchers(self, campaign: str | None = None, holder: int | None = None) -> list[Issued]:
        """Vouchers as they were issued, the last first."""
        with self._record.reading() as connection:
            return vouchers.issued(connection, campaign, holder)

    def voucher_code(self, key: str) -> str:
        """The made code of a voucher's key."""
        return codes.made(self._key.derive("voucher codes"), key)

    def referral_code(self, holder: int) -> str:
        """The code with which somebody refers: given once, theirs for ever."""
        with self._record.reading() as connection:
            known = referring.code_of(connection, holder)
        if known is not None:
            return known
        with self._record.writing() as connection:
            made = codes.made(self._key.derive("referral codes"), str(holder), SHORT)
            if referring.code_of(connection, holder) is None:
                referring.give_code(connection, holder, made, self._now())
        return made

    def holder_of_code(self, code: str) -> int | None:
        """The identifier of whoever refers with a code; None: nobody does."""
        with self._record.reading() as connection:
            return referring.holder_of(connection, codes.plain(code))

    def judge_referral(self, referrer: int, friend: int, state: str, by: str, why: str) -> None:
        """Keep what somebody of the shop says about a doubtful referral."""
        word = ReferralWord(referrer, friend, state, by, why, self._now())
        with self._record.writing() as connection:
            referring.say(connection, word)

    def referral_words(self) -> list[ReferralWord]:
        """Everything said about referrals, in its order."""
        with self._record.reading() as connection:
            return referring.words(connection)

    def receive(self, form: str, key: str, body: dict[str, Any]) -> bool:
        """Take down what a public form brought; False if this very form is there."""
        with self._record.writing() as connection:
            return forms.put(connection, self._forms, key, form, body, self._now())

    def received(self, limit: int = PORTION) -> list[Received]:
        """Forms that are not in the log yet, the oldest first."""
        with self._record.reading() as connection:
            return forms.received(connection, self._forms, limit)

    def taken(self, ids: Iterable[int]) -> None:
        """These forms are in the log: nothing of them is kept here."""
        with self._record.writing() as connection:
            forms.taken(connection, list(ids))

    def ledger_faults(self) -> list[str]:
        """What in the ledger does not agree with its transfers; empty: it is whole."""
        with self._record.reading() as connection:
            return ledger_audit.faults(connection)

    @property
    def _forms(self) -> AESGCM:
        return AESGCM(self._key.derive("forms"))

    def _issue(
        self, connection: Any, key: str, campaign: str, what: Voucher, code: str = ""
    ) -> str:
        chosen = codes.plain(code) if code else self.voucher_code(key)
        if not chosen:
            raise WrongInput("A code has letters or digits: choose another one.")
        vouchers.issue(connection, key, self._hash(chosen), campaign, what, self._now())
        return chosen

    def _hash(self, code: str) -> bytes:
        secret = self._key.derive("vouchers")
        return blake2b(codes.plain(code).encode(), key=secret, digest_size=CODE_BYTES).digest()

"""The record's tables of programmes: the ledger, vouchers, referral codes, what forms brought.

Accounts, transfers, what was taken of lots, vouchers, codes and decisions are facts and refuse
to be changed. Balances and what is left of a lot are kept at hand, and can always be
recomputed from the facts (`ledger_audit.faults`).
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from thang.record.tables import BIG, RECORD, never_changed


def _number(name: str, *parts: ForeignKey, null: bool = False) -> Column[int]:
    return Column(name, BIG, *parts, nullable=null)


def _text(name: str, *parts: ForeignKey, null: bool = False) -> Column[str]:
    return Column(name, Text, *parts, nullable=null)


def _serial() -> Column[int]:
    return Column("id", BIG, primary_key=True)


def _account(name: str) -> Column[str]:
    return _text(name, ForeignKey("accounts.name"))


# `holder` is the identifier of whom an account is kept for; None: the shop itself.
accounts = Table(
    "accounts",
    RECORD,
    Column("name", Text, primary_key=True),
    _number("holder", null=True),
    _number("may_owe"),
    _number("by_lots"),
    _number("opened_at"),
    CheckConstraint("may_owe = 0 or by_lots = 0", name="lots_are_never_owed"),
    Index("accounts_holder", "holder"),
)
# What goes from one account to another. `of` names the transfer that a later one settles or
# reverses: each has one successor at the most.
transfers = Table(
    "transfers",
    RECORD,
    _serial(),
    _text("key"),
    _text("kind"),
    _account("debit"),
    _account("credit"),
    _number("amount"),
    _number("at"),
    _text("why"),
    _text("ref"),
    _text("terms"),
    _number("expires_at"),
    _text("of", ForeignKey("transfers.key"), null=True),
    _number("recorded_at"),
    UniqueConstraint("key"),
    UniqueConstraint("of"),
    CheckConstraint("amount > 0", name="something_goes"),
    CheckConstraint("debit <> credit", name="elsewhere"),
    Index("transfers_debit", "debit", "ref"),
    Index("transfers_credit", "credit", "ref"),
)
balances = Table(
    "balances",
    RECORD,
    Column("account", Text, ForeignKey("accounts.name"), primary_key=True),
    _number("posted"),
    _number("held"),
    _number("may_owe"),
    CheckConstraint("may_owe = 1 or posted >= held", name="never_below_zero"),
    CheckConstraint("held >= 0", name="holds_are_none_or_more"),
)
# What an account by lots got at once, and how long it holds.
lots = Table(
    "lots",
    RECORD,
    _serial(),
    _text("transfer", ForeignKey("transfers.key")),
    _account("account"),
    _number("amount"),
    _number("expires_at"),
    _number("left"),
    UniqueConstraint("transfer"),
    CheckConstraint('"left" >= 0 and "left" <= amount', name="no_more_than_there_was"),
    Index("lots_account", "account", "expires_at"),
    Index("lots_expiry", "expires_at"),
)
# From which lots a transfer took how much; less than 0: given back.
lot_uses = Table(
    "lot_uses",
    RECORD,
    _serial(),
    _number("lot", ForeignKey("lots.id")),
    _text("transfer", ForeignKey("transfers.key")),
    _text("of"),  # the transfer whose taking this is, or takes back
    _number("amount"),
    Index("lot_uses_of", "of"),
    Index("lot_uses_lot", "lot"),
)
# A voucher's code is known by its keyed hash; what it says of itself is data (`vouchers.py`).
vouchers = Table(
    "vouchers",
    RECORD,
    _serial(),
    _text("key"),
    Column("code", LargeBinary, nullable=False),
    _text("campaign"),
    _number("holder", null=True),
    _number("amount", null=True),
    _number("percent", null=True),
    _number("least"),
    _number("uses"),
    _number("each"),
    _number("from_at"),
    _number("until"),
    _number("made_at"),
    UniqueConstraint("key"),
    UniqueConstraint("code"),
    Index("vouchers_holder", "holder"),
    Index("vouchers_campaign", "campaign"),
)
# `nth` use of a voucher: of two at once the database takes one.
voucher_uses = Table(
    "voucher_uses",
    RECORD,
    _serial(),
    _number("voucher", ForeignKey("vouchers.id")),
    _number("nth"),
    _text("ref"),
    _number("who", null=True),
    _number("off"),
    _number("at"),
    UniqueConstraint("voucher", "nth"),
    UniqueConstraint("voucher", "ref"),
)
voucher_returns = Table(
    "voucher_returns",
    RECORD,
    Column("use", BIG, ForeignKey("voucher_uses.id"), primary_key=True, autoincrement=False),
    _number("at"),
)
referral_codes = Table(
    "referral_codes",
    RECORD,
    Column("code", Text, primary_key=True),
    _number("holder"),
    _number("made_at"),
    UniqueConstraint("holder"),
)
# What somebody of the shop said about a doubtful referral; the last word holds.
referral_words = Table(
    "referral_words",
    RECORD,
    _serial(),
    _number("referrer"),
    _number("friend"),
    _text("state"),
    _text("by"),
    _text("why"),
    _number("at"),
    Index("referral_words_friend", "friend"),
)
# What a public form brought, sealed; it goes once it is in the log and the vault.
forms = Table(
    "forms",
    RECORD,
    _serial(),
    _text("key"),
    _text("form"),
    Column("sealed", LargeBinary, nullable=False),
    _number("at"),
    UniqueConstraint("key"),
)

PROGRAMMES = (
    accounts, transfers, balances, lots, lot_uses, vouchers, voucher_uses, voucher_returns,
    referral_codes, referral_words, forms,
)  # fmt: skip

for _facts in PROGRAMMES:
    if _facts not in (balances, lots, forms):
        never_changed(_facts)

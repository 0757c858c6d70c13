"""The one question before every message: may it go out now, and on which channel?

Whoever sends asks this in the transaction that claims the message, with what is known then.
Nothing here looks at a clock or a table: the instant and the person are given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from thang.policy.contact import Contact
from thang.river.sending.caps import enough, enough_here
from thang.river.sending.channels import CHANNELS, Channel
from thang.river.sending.consent import may_contact
from thang.river.sending.hours import hours_of, opening
from thang.river.sending.nouns import (
    EVERY,
    MARKETING,
    Address,
    Allowed,
    Known,
    Verdict,
    Why,
    Wish,
    Withheld,
    strategy_paused,
)
from thang.river.sending.windows import open_until

HOUR = 3_600 * 1_000_000
FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Law:
    """A shop's rules of contact and the zone of its clock."""

    rules: Contact
    tz: str

    @property
    def stale(self) -> int:
        """Microseconds after which a message that was due is never sent."""
        return self.rules.stale_hours * HOUR


def may_send(wish: Wish, known: Known, now: int, law: Law) -> Verdict:
    """Whether a message may go out now: on the first of its channels that is free for it.

    If none is, the answer says when the first of them may be; after the message would be
    stale there is no use in asking again.
    """
    if not wish.treated:
        return Withheld(Why.HELD_OUT)
    stale = wish.due + law.stale
    if now >= stale:
        return Withheld(Why.STALE)
    rests = known.paused.get(strategy_paused(wish.strategy), 0)
    if rests > now:
        return _soonest([Withheld(Why.PAUSED, rests)], stale)
    verdicts = [_asked(key, wish, known, now, law) for key in wish.channels]
    for verdict in verdicts:
        if isinstance(verdict, Allowed):
            return replace(verdict, until=min(verdict.until, stale))
    return _soonest([v for v in verdicts if isinstance(v, Withheld)], stale)


def _soonest(withheld: list[Withheld], stale: int) -> Withheld:
    later = [one for one in withheld if one.until is not None and one.until < stale]
    if later:
        return min(later, key=lambda one: one.until or 0)
    return Withheld(withheld[0].why if withheld else Why.NO_CHANNEL)


def _asked(key: str, wish: Wish, known: Known, now: int, law: Law) -> Verdict:
    channel = CHANNELS.get(key)
    return Withheld(Why.NO_CHANNEL) if channel is None else _on(channel, wish, known, now, law)


def _on(channel: Channel, wish: Wish, known: Known, now: int, law: Law) -> Verdict:
    """What one channel says: first what never changes by waiting, then what does."""
    if channel.key == "zns" and wish.purpose == MARKETING and not law.rules.zns_marketing:
        return Withheld(Why.NO_ADS)
    if channel.personal and not may_contact(
        known.consents, channel.key, wish.purpose, now, law.rules
    ):
        return Withheld(Why.NO_CONSENT)
    address = _address(channel, known, now)
    if isinstance(address, Withheld):
        return address
    if known.paused.get(channel.key, 0) > now:
        return Withheld(Why.PAUSED, known.paused[channel.key])
    if not channel.contacts:
        return Allowed(channel.key, address.number, FOREVER)
    return _now(channel, address, wish, known, now, law)


def _now(
    channel: Channel, address: Address, wish: Wish, known: Known, now: int, law: Law
) -> Verdict:
    """Whether this is the moment for a channel that reaches the person."""
    until = FOREVER
    if channel.windowed:
        end = open_until(channel.key, wish.purpose, known, now, law.rules)
        if isinstance(end, Why):
            return Withheld(end)
        until = end
    if wish.purpose == MARKETING:
        had = enough(wish.strategy, known, now, law.rules, law.tz)
        had = had or enough_here(channel, known, now, law.rules)
        if had:
            return had
    first, last = opening(now, hours_of(channel, law.rules), law.tz)
    if first > now:
        return Withheld(Why.HOURS, first)
    return Allowed(channel.key, address.number, min(until, last))


NOBODY = Address(0, "")


def _address(channel: Channel, known: Known, now: int) -> Address | Withheld:
    """The first address that may be used; when the first of them may be again, if none may."""
    if not channel.by:
        return NOBODY
    mine = [a for a in known.addresses if a.namespace.partition(":")[0] in channel.by]
    if not mine:
        return Withheld(Why.NO_ADDRESS)
    free_at = [max(a.closed.get(key, 0) for key in (EVERY, channel.key)) for a in mine]
    soonest = min(free_at)
    if soonest > now:
        return Withheld(Why.SUPPRESSED, soonest if soonest < FOREVER else None)
    return next(address for address, at in zip(mine, free_at, strict=True) if at <= now)

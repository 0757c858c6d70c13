"""Sending what is due: where the outbox, the rules of contact and the senders meet.

Each message is claimed, handed over, and settled by what its provider said. Nothing is ever
sent on a guess: what may have gone out is asked about, or stays unknown for people to see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from thang.channels.sender import Absent, Busy, Fault, Outgoing, Refused, Sender, Sent, Unknown
from thang.engines.duckdb import Projection
from thang.model import SECOND, WrongInput
from thang.policy.schema import Policy
from thang.record import Record
from thang.record.messages import FAILED, PLANNED, SENT, UNKNOWN, Message
from thang.record.outbox import Claim
from thang.record.posting import MINUTE, Whose
from thang.record.settling import Outcome
from thang.river.sending.law import Law, may_send
from thang.river.sending.nouns import Known, Verdict, Why, Wish, Withheld
from thang.workspace.whose import whose

BATCH = 50
BROKEN_AFTER = 3  # unheard answers in a row, and a channel rests
REST = 10 * MINUTE
LONG_REST = 60 * MINUTE  # after a refusal of the whole channel
UNSET_REST = 10 * MINUTE  # until a channel is looked for again that is not set
MOST_RETRY = 24 * 3_600  # seconds a provider may ask us to wait

Compose = Callable[[Claim], Outgoing]


def send_due(
    record: Record, projection: Projection, policy: Policy, senders: Mapping[str, Sender],
    compose: Compose, now: Callable[[], int], limit: int = 1_000,
) -> Counter[str]:  # fmt: skip
    """Send what is due in a shop, about `limit` messages at most; how many of each outcome."""
    law = Law(policy.sending, policy.shop.tz)
    return Post(record, senders, compose, partial(whose, projection, policy), law, now).send_due(
        limit
    )


def judged(wish: Wish, known: Known, now: int, law: Law, senders: Collection[str]) -> Verdict:
    """Whether a message may go out now on one of these channels."""
    there = tuple(key for key in wish.channels if key in senders)
    verdict = may_send(replace(wish, channels=there), known, now, law)
    if not there and isinstance(verdict, Withheld) and verdict.why is Why.NO_CHANNEL:
        return Withheld(Why.NO_CHANNEL, now + UNSET_REST)
    return verdict


@dataclass
class Post:
    """A shop's post office. `now` tells the time, `compose` writes a claimed message's words."""

    record: Record
    senders: Mapping[str, Sender]
    compose: Compose
    whose: Whose
    law: Law
    now: Callable[[], int]
    _unheard: Counter[str] = field(default_factory=Counter)  # calls in a row without an answer

    def send_due(self, limit: int = 1_000) -> Counter[str]:
        """Ask about what is in doubt, then send what is due, about `limit` messages at most;
        how many there were of each outcome.
        """
        done = self._ask_about(limit)
        while sum(done.values()) < limit and self.record.due(self.now()):
            claims = self.record.claim(self.now(), BATCH, self._judge, self.whose, self._lease)
            done.update(self._deal(claim) for claim in claims)
        return done

    @property
    def _lease(self) -> int:
        return self.law.rules.lease_minutes * MINUTE

    def _judge(self, wish: Wish, known: Known, now: int) -> Verdict:
        """Only channels that have a sender are asked about; what has none of them waits, until it
        is stale, for one to be set.
        """
        return judged(wish, known, now, self.law, self.senders)

    def _deal(self, claim: Claim) -> str:
        """Send one claimed message and write down what became of it."""
        one = claim.message
        try:
            outgoing = self.compose(claim)
        except WrongInput as error:
            return self._settle(one, Outcome(FAILED, str(error)))
        if not self.record.begin(claim, self.now()):
            return self._settle(one, Outcome(PLANNED, "not tried", untried=True))
        return self._heard(claim, self._sent(one, outgoing))

    def _sent(self, one: Message, outgoing: Outgoing) -> Sent | Refused | Busy | Unknown:
        """A sender that breaks has not said that nothing was sent."""
        try:
            return self.senders[one.channel].send(outgoing, one.key)
        except Exception as error:
            return Unknown(type(error).__name__)

    def _heard(self, claim: Claim, answer: Sent | Refused | Busy | Unknown) -> str:
        one = claim.message
        if not isinstance(answer, Unknown):
            self._unheard[one.channel] = 0
        match answer:
            case Sent(provider_id):
                return self._settle(one, Outcome(SENT, provider_id=provider_id, doubtful=False))
            case Refused():
                return self._refused(claim, answer)
            case Busy(retry_after):
                return self._busy(one, retry_after)
            case Unknown(why):
                return self._nothing_heard(one, why)

    def _refused(self, claim: Claim, answer: Refused) -> str:
        one = claim.message
        if answer.fault is Fault.CHANNEL:
            self._rest(one.channel, LONG_REST, answer.why)
            return self._settle(one, Outcome(PLANNED, answer.why, untried=True))
        if answer.fault is Fault.ADDRESS and claim.address:
            self.record.suppress_known(claim.address, "dead", one.channel)
        others = tuple(key for key in one.channels if key != one.channel)
        if answer.fault is Fault.MESSAGE or not others or one.doubtful:
            return self._settle(one, Outcome(FAILED, answer.why))
        return self._settle(one, Outcome(PLANNED, answer.why, channels=others))

    def _busy(self, one: Message, retry_after: int | None) -> str:
        wait = min(retry_after or 0, MOST_RETRY) * SECOND or MINUTE
        self._rest(one.channel, wait, "the provider is busy")
        return self._settle(one, Outcome(PLANNED, "the provider is busy", untried=True))

    def _rest(self, channel: str, span: int, why: str) -> None:
        """Let a channel rest, for every worker: a pause is a word, so no claimed message begins."""
        self.record.pause(channel, self.now() + span, why)

    def _nothing_heard(self, one: Message, why: str) -> str:
        """Left as it is where it can be asked about once its lease has ended; else unknown."""
        self._unheard[one.channel] += 1
        broken = self._unheard[one.channel] - BROKEN_AFTER
        if broken >= 0:
            rest = min(REST << min(broken, 8), LONG_REST)
            self._rest(one.channel, rest, "the provider does not answer")
        sender = self.senders[one.channel]
        if sender.keyed or sender.can_look_up:
            return "waiting"
        return self._settle(one, Outcome(UNKNOWN, why, doubtful=True))

    def _ask_about(self, limit: int) -> Counter[str]:
        """Messages whose lease ended without a word: sent before, lost, or never to be known."""
        done: Counter[str] = Counter()
        while sum(done.values()) < limit:
            swept = self.record.sweep(self.now(), BATCH, self._lease)
            if not swept:
                break
            done.update(self._asked(one) for one in swept)
        return done

    def _asked(self, one: Message) -> str:
        sender = self.senders.get(one.channel)
        answer = self._looked_up(sender, one) if sender and sender.can_look_up else None
        match answer:
            case Sent(provider_id):
                return self._settle(one, Outcome(SENT, provider_id=provider_id, doubtful=False))
            case Absent():
                return self._again(one, "it was lost on the way", doubtful=False)
        if isinstance(answer, Unknown) and self.now() < one.claimed_at + self.law.stale:
            return "waiting"
        if sender is not None and sender.keyed:
            return self._again(one, "nothing was heard", doubtful=True)
        return self._settle(one, Outcome(UNKNOWN, "nobody can say whether it was sent"))

    def _looked_up(self, sender: Sender, one: Message) -> Sent | Absent | Unknown:
        try:
            return sender.look_up(one.key)
        except Exception as error:
            return Unknown(type(error).__name__)

    def _again(self, one: Message, why: str, *, doubtful: bool) -> str:
        """Tried again later and later; in doubt, only where the same key finds it again."""
        at = self.now() + _backoff(one)
        channels = (one.channel,) if doubtful else ()
        outcome = Outcome(PLANNED, why, again_at=at, channels=channels, doubtful=doubtful)
        return self._settle(one, outcome)

    def _settle(self, one: Message, outcome: Outcome) -> str:
        counted = self.record.settle(one, outcome, self.now(), self.law.rules.tries)
        return outcome.state if counted else "overtaken"


def _backoff(one: Message) -> int:
    """A minute, then twice as long each time up to an hour, and up to half as much again."""
    wait = min(MINUTE << max(one.tries - 1, 0), 60 * MINUTE)
    return wait + wait * int(one.key[:4], 16) // (2 * 0xFFFF)

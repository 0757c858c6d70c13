"""The verbs of channels: send what is due, say how each channel stands, let somebody opt out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from thang.channels.sender import Busy, Outgoing, Refused, Sender, Sent, Unknown
from thang.channels.settings.load import FILE, load_channels
from thang.channels.settings.nouns import ChannelSettings
from thang.model import WrongInput
from thang.policy.playbook.nouns import Playbook
from thang.record import Record
from thang.record.outbox import Claim
from thang.river.sending.law import Law
from thang.river.sending.nouns import EVERY, MARKETING, SERVICE, WITHDRAWN
from thang.simulate.providers.stand_in import Arrived, StandIn
from thang.workspace.channels import STAFF, Makings, only_fake, senders_for
from thang.workspace.claim_fields import claim_fields
from thang.workspace.composing import composer_for
from thang.workspace.due import Due, due_now
from thang.workspace.folder import Folder
from thang.workspace.sending import send_due
from thang.workspace.standings import ChannelStanding, standings
from thang.workspace.task_desk import TaskDesk
from thang.workspace.way_out import WayOut, token_of, way_out_of
from thang.workspace.whose import whose

if TYPE_CHECKING:
    from thang.workspace.pages import Look

PORTION = 1_000  # messages of one call
TRIAL = "Thang: kênh này đã gửi được. This channel works."
NOWHERE = (
    "https://khong-co-that.example"  # leads nowhere, and need not: a stand-in delivers nothing
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a call of `send` did, or would do: how many messages of each outcome."""

    dry: bool
    fake: bool
    outcomes: Mapping[str, int]
    due: tuple[Due, ...] = ()


class Delivering(ABC):
    """The verbs of channels. `address` is where this server is reached, if one runs."""

    folder: Folder
    address: str = ""
    stand_in: StandIn | None = None

    def channel_settings(self) -> ChannelSettings:
        """What `channels.yaml` says now; WrongPolicy if it is wrong."""
        found = load_channels(self.folder.path / FILE)
        if self.folder.is_demo and found != ChannelSettings():
            only_fake(found)
        return found

    def send(self, *, dry: bool = False, limit: int = PORTION) -> Delivered:
        """Send what is due, about `limit` messages at most; `dry`: only say what would go out."""
        settings = self.channel_settings()
        if dry:
            return self._would_send(settings)
        with self._senders(settings) as senders, self._look() as look:
            compose = self._composer(look, settings)
            done = send_due(
                look.record, look.projection, look.policy, senders, compose, self.folder.now, limit
            )
        return Delivered(dry=False, fake=settings.fake, outcomes=done)

    def _would_send(self, settings: ChannelSettings) -> Delivered:
        with self._senders(settings) as senders, self._look() as look:
            law = Law(look.policy.sending, look.policy.shop.tz)
            people = partial(whose, look.projection, look.policy)
            found = due_now(look.record, people, law, frozenset(senders), self.folder.now())
        outcomes = Counter({one.outcome: 0 for one in found})
        for one in found:
            outcomes[one.outcome] += one.messages
        return Delivered(dry=True, fake=settings.fake, outcomes=outcomes, due=found)

    def anything_due(self) -> bool:
        """Whether a message waits to be judged now, or one in doubt to be asked about."""
        with self._record() as record:
            return record.due(self.folder.now()) or record.in_doubt(self.folder.now())

    def channels(self) -> tuple[ChannelStanding, ...]:
        """How each channel stands."""
        settings = self.channel_settings()
        with self._record() as record:
            return standings(record, settings, self.folder.now())

    def senders_trouble(self) -> str:
        """The sentence of what keeps senders from being made; empty if nothing does."""
        try:
            with self._senders(self.channel_settings()):
                return ""
        except WrongInput as error:
            return str(error)

    def arrived(self) -> tuple[Arrived, ...]:
        """What came to the stand-in since it began, the last first."""
        return self.stand_in.arrived if self.stand_in else ()

    def send_trial(self, channel: str, to: str) -> str:
        """Send a word to an address of one's own, past the outbox; what came of it, in a sentence
        or empty where it was sent.
        """
        settings = self.channel_settings()
        with self._senders(settings) as senders:
            sender = senders.get(channel)
            if sender is None or channel in STAFF:
                raise WrongInput(f"The channel {channel} is not set: write it into {FILE} first.")
            message = Outgoing(to.strip(), "Thang", TRIAL, purpose=SERVICE)
            return _said(sender.send(message, token_hex(16)))

    def opt_out(self, token: str, *, everywhere: bool = False) -> WayOut:
        """Whoever holds a way out wants no more advertising there, or anywhere."""
        with self._record() as record:
            out = self._way_out(record, token)
            word = {
                "identifier": out.person, "channel": EVERY if everywhere else out.channel,
                "purpose": MARKETING, "state": WITHDRAWN, "at": self.folder.now(),
                "proof": "the link in a message", "source": "way out",
                "persons": self._all_numbers(out.person),
            }  # fmt: skip
            record.say([word])
        return out

    def _all_numbers(self, person: int) -> Sequence[int]:
        """Every number of a person; a refusal counts even before anybody is placed."""
        try:
            with self._look() as look:
                return whose(look.projection, look.policy, [person])[person].identifiers
        except WrongInput:
            return (person,)

    def way_out(self, token: str) -> WayOut:
        """Whose a way out is; WrongInput if we never made it."""
        with self._record() as record:
            return self._way_out(record, token)

    def _way_out(self, record: Record, token: str) -> WayOut:
        found = way_out_of(record, token)
        if found is None:
            raise WrongInput("This address leads nowhere: open the link from the message again.")
        return found

    @contextmanager
    def _senders(self, settings: ChannelSettings) -> Iterator[dict[str, Sender]]:
        """The senders of these settings, whose connections end with the use of them."""
        with self._record() as record, self._standing_in(settings) as stand_in:
            makings = Makings(self.folder.path, self.folder.now, TaskDesk(record))
            made = senders_for(settings, makings, stand_in)
            try:
                yield made
            finally:
                for sender in made.values():
                    if (wire := getattr(sender, "wire", None)) is not None:
                        wire.close()

    @contextmanager
    def _standing_in(self, settings: ChannelSettings) -> Iterator[StandIn | None]:
        """The stand-in of fake channels: for this use alone, unless somebody keeps one."""
        if not settings.fake or self.stand_in is not None:
            yield self.stand_in if settings.fake else None
            return
        with StandIn(self.folder.now) as found:
            yield found

    def _composer(self, look: Look, settings: ChannelSettings) -> Callable[[Claim], Outgoing]:
        base = settings.public_url or self.address or NOWHERE
        record = look.record

        def way_out(claim: Claim) -> str:
            out = WayOut(claim.person.number, claim.message.channel)
            return f"{base}/out/{token_of(record, out)}"

        playbook = self.playbook()
        fields = claim_fields(record, look.projection, look.policy, playbook, base)
        written = composer_for(record, playbook, look.policy.sending, way_out, fields)

        def compose(claim: Claim) -> Outgoing:
            one = claim.message
            if one.channel in STAFF:  # their words are written when somebody looks at the task
                return Outgoing("", template=one.template, purpose=one.purpose)
            return written(claim)

        return compose

    @abstractmethod
    def playbook(self) -> Playbook:
        """The playbook as the shop's own file says now."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]:
        """The shop's record."""


def _said(answer: Sent | Refused | Busy | Unknown) -> str:
    match answer:
        case Sent():
            return ""
        case Refused(why):
            return why
        case Busy():
            return "The provider is busy: try again later."
        case Unknown():
            return "The provider did not answer clearly: it may have arrived."

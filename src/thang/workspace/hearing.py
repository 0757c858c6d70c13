"""What providers tell by themselves, written down: reports, windows, refusals, blocks, bounces."""

from __future__ import annotations

import base64
import hmac
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from thang.channels.hooks import mail, messenger, sms, webhook, zalo
from thang.channels.hooks.nouns import (
    Blocked,
    Bounced,
    Heard,
    Left,
    OptedOut,
    Report,
    Told,
    Unsigned,
    Wrote,
)
from thang.channels.settings.nouns import ChannelSettings
from thang.record import Record
from thang.record.messages import DELIVERED, FAILED
from thang.record.settling import Outcome
from thang.river.sending.channels import CHANNELS
from thang.river.sending.law import FOREVER
from thang.river.sending.nouns import MARKETING, WITHDRAWN
from thang.workspace.folder import Folder
from thang.workspace.ingest import spellings
from thang.workspace.whose import whose

if TYPE_CHECKING:
    from thang.workspace.pages import Look

HOOKS = ("email", "messenger", "sms", "webhook", "zalo")
SEAL = 18  # bytes: what nobody guesses
BLOCKED = "the platform has shut the page out"


def hook_token(record: Record, channel: str) -> str:
    """The part of a hook's address that only its provider is told."""
    digest = hmac.digest(record.secret("hooks"), channel.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:SEAL]).decode()


class Hearing(ABC):
    """What comes back from providers."""

    folder: Folder

    def hooks(self) -> dict[str, str]:
        """The path of each provider's hook, with its secret."""
        with self._record() as record:
            return {key: f"/hooks/{key}/{hook_token(record, key)}" for key in HOOKS}

    def is_hook(self, channel: str, token: str) -> bool:
        """Whether this is the address of a provider's hook."""
        with self._record() as record:
            right = hook_token(record, channel) if channel in HOOKS else ""
        return bool(right) and hmac.compare_digest(token.encode("utf-8", "replace"), right.encode())

    def hear_from(self, channel: str, call: Told) -> int:
        """Write down what a provider's call tells; how many things it changed.

        Unsigned or Malformed if the provider cannot have sent it.
        """
        items = heard(channel, call, self.channel_settings(), self.folder)
        with self._look() as look:
            listener = Listener(look, self.folder.now)
            return sum(listener.hear(item) for item in items)

    @abstractmethod
    def channel_settings(self) -> ChannelSettings:
        """What `channels.yaml` says now."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]:
        """The shop's record."""


def heard(channel: str, call: Told, settings: ChannelSettings, folder: Folder) -> list[Heard]:
    """What a call tells. A channel whose secret for that is not set believes nothing."""
    match channel:
        case "email":
            return mail.heard(call)
        case "sms":
            return sms.heard(call, folder.now())
        case "messenger" if settings.messenger and settings.messenger.app_secret:
            secret = settings.messenger.app_secret.read(folder.path)
            return messenger.heard(call, secret, folder.now())
        case "zalo" if settings.zalo and settings.zalo.hook_secret:
            ids = (settings.zalo.app, settings.zalo.oa)
            return zalo.heard(call, ids, settings.zalo.hook_secret.read(folder.path), folder.now())
        case "webhook" if settings.webhook:
            return webhook.heard(call, settings.webhook.secret.read(folder.path), folder.now())
    raise Unsigned


@dataclass(frozen=True)
class Listener:
    """Writes down what was heard; strangers and unknown messages change nothing."""

    look: Look
    now: Callable[[], int]

    def hear(self, item: Heard) -> bool:
        """Whether it changed anything."""
        record = self.look.record
        match item:
            case Report():
                state = DELIVERED if item.delivered else FAILED
                outcome = Outcome(state, item.why)
                return record.report(item.channel, item.provider_id, outcome, self.now())
            case Blocked():
                record.pause(item.channel, self.now() if item.over else FOREVER, BLOCKED)
                return True
            case Bounced():
                return self._bounced(item)
            case Wrote() | OptedOut() | Left():
                number = self._who(item.channel, item.who)
                return number is not None and self._said(item, number)

    def _said(self, item: Wrote | OptedOut | Left, number: int) -> bool:
        record = self.look.record
        match item:
            case Wrote():
                window = {"identifier": number, "channel": item.channel, "at": item.at,
                          "expires_at": item.at + item.span, "reason": item.reason}  # fmt: skip
                record.open_windows([window])
            case OptedOut():
                record.say([self._refusal(item, number)])
            case Left():
                until = self.now() if item.back else None
                record.suppress_known(number, "left", item.channel, until)
        return True

    def _refusal(self, item: OptedOut, number: int) -> dict[str, Any]:
        (person,) = whose(self.look.projection, self.look.policy, [number]).values()
        return {
            "identifier": number, "channel": item.channel, "purpose": MARKETING,
            "state": WITHDRAWN, "at": item.at, "proof": "a message that says so",
            "source": "hook", "persons": person.identifiers,
        }  # fmt: skip

    def _bounced(self, item: Bounced) -> bool:
        """A dead address is used no more, if it is one of whom that very message was for."""
        found = self.look.record.messages(key=item.key)
        if not found or found[0].channel != "email":
            return False
        outcome = Outcome(FAILED, item.why)
        record, name = self.look.record, found[0].provider_id
        changed = record.report("email", name, outcome, self.now())
        number = self._who("email", item.dead) if item.dead else None
        (person,) = whose(self.look.projection, self.look.policy, [found[0].person]).values()
        if number in person.identifiers:
            record.suppress_known(number, "bounced", "email")
            return True
        return changed

    def _who(self, channel: str, address: str) -> int | None:
        """The identifier that an address is, in any of its spellings."""
        by = CHANNELS[channel].by
        names = [one for one in self.look.record.namespaces() if one.partition(":")[0] in by]
        texts: Sequence[str] = [address, *spellings(address, self.look.policy)]
        found = (self.look.record.find(name, text) for text in texts for name in names)
        return next((number for number in found if number is not None), None)

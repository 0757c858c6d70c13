"""A stand-in for every provider: it takes messages as they do, shows them, and delivers none.

A demo sends to it, and so does a shop that wants to see what would go out before anything does.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self

from thang.simulate.providers.mail import MailServer
from thang.simulate.providers.platforms import (
    HookReceiver,
    MessengerServer,
    SmsServer,
    ZaloServer,
)
from thang.simulate.providers.server import Call

KEPT = 200  # messages that are shown
TOKEN = "stand-in"  # noqa: S105 - it opens nothing


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came to the stand-in. `at` in microseconds."""

    channel: str
    to: str
    subject: str
    text: str
    at: int


class _Everything(frozenset[str]):
    """Every template is approved here."""

    def __contains__(self, _: object) -> bool:
        return True


class StandIn:
    """Servers on loopback, to be used in a `with`; `arrived` is what came, the latest first."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._open = ExitStack()
        self._kept: deque[Arrived] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self.mail = MailServer(self._letter)
        self.messenger, self.sms = MessengerServer(TOKEN), SmsServer(TOKEN, TOKEN)
        self.zalo = ZaloServer(TOKEN, templates=_Everything())
        self.webhook = HookReceiver()
        self.messenger.took, self.zalo.took = self._messenger, self._zalo
        self.sms.took, self.webhook.took = self._sms, self._hook

    def __enter__(self) -> Self:
        """Listen."""
        for server in (self.messenger, self.zalo, self.sms, self.webhook):
            self._open.enter_context(server)
        self._open.enter_context(self.mail)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._open.close()

    @property
    def arrived(self) -> tuple[Arrived, ...]:
        """The latest messages, the last one first."""
        with self._lock:
            return tuple(reversed(self._kept))

    def _keep(self, channel: str, to: str, subject: str, text: str) -> None:
        with self._lock:
            self._kept.append(Arrived(channel, to, subject, text, self._now()))

    def _letter(self, to: str, letter: EmailMessage) -> None:
        body = letter.get_body(("plain",))
        text = str(body.get_content()) if body else ""
        self._keep("email", to, str(letter["Subject"] or ""), text.strip())

    def _messenger(self, call: Call) -> None:
        told = call.told
        if "recipient" in told:
            self._keep("messenger", str(told["recipient"]["id"]), "", str(told["message"]["text"]))

    def _zalo(self, call: Call) -> None:
        told = call.told
        if call.path.endswith("/message/template"):
            fields = ", ".join(f"{k}: {v}" for k, v in told.get("template_data", {}).items())
            self._keep("zns", str(told.get("phone")), str(told.get("template_id")), fields)
        elif "recipient" in told:
            text = str(told["message"]["text"])
            self._keep("zalo_oa", str(told["recipient"]["user_id"]), "", text)

    def _sms(self, call: Call) -> None:
        self._keep("sms", str(call.told.get("Phone", "")), "", str(call.told.get("Content", "")))

    def _hook(self, call: Call) -> None:
        told = call.told
        self._keep("webhook", str(told.get("person", "")), str(told.get("subject", "")),
                   str(told.get("text", "")))  # fmt: skip

"""A signed call to a system of the shop's own.

The signature is over the time and the very bytes, as receivers know it from others: header
`thang-signature: t=<seconds>,v1=<hex hmac-sha256 of "t.body">`. The header `idempotency-key` is the
same however often a message is handed over: whoever receives takes it once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from thang.channels.answers import Outcome, asked, encoded
from thang.channels.sender import Absent, Fault, Outgoing, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire
from thang.model import SECOND

NEVER = frozenset((400, 413, 415, 422))  # this message will not be taken
TOLERANCE = 300  # seconds by which a receiver should let clocks differ


@dataclass(frozen=True)
class Webhook:
    """Calls `url`; `secret` signs. `to` of a message is the person's reference, not an address."""

    wire: Wire
    url: str
    secret: str
    now: Callable[[], int]
    key: str = "webhook"
    keyed: bool = True
    can_look_up: bool = False

    def send(self, message: Outgoing, idempotency_key: str) -> Outcome:
        """One call."""
        body = encoded(
            {
                "id": idempotency_key, "person": message.to, "purpose": message.purpose,
                "subject": message.subject, "text": message.text, "fields": dict(message.fields),
            }
        )  # fmt: skip
        seconds = self.now() // SECOND
        headers = {
            "content-type": "application/json",
            "idempotency-key": idempotency_key,
            "thang-signature": f"t={seconds},v1={signature(self.secret, seconds, body)}",
        }
        return asked(self.wire, self.url, body, headers, lambda a: read(a, idempotency_key))

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """Not asked: calling with the same key again is safe."""
        del idempotency_key
        return Unknown("The receiver is called with the same key again instead.")


def signature(secret: str, seconds: int, body: bytes) -> str:
    """What proves that a call came from whoever knows the secret."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def read(answer: Answer, key: str) -> Outcome:
    """What a receiver means by its status."""
    if answer.status in (200, 201, 202, 204, 208):
        return Sent(key)
    if answer.status == 410:
        return Refused("The receiver is gone.", Fault.CHANNEL)
    if answer.status in NEVER:
        return Refused(f"The receiver refused the message (status {answer.status}).")
    if 400 <= answer.status < 500:
        return Refused(f"The receiver lets nobody in (status {answer.status}).", Fault.CHANNEL)
    return Unknown(f"status {answer.status}")

"""Messenger's Send API (developers.facebook.com/docs/messenger-platform/reference/send-api).

Nothing is sent outside the window that a person's own message opened; the rules of contact have
asked that before, and the platform's refusal is taken for what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from thang.channels.answers import Outcome, asked, encoded, mapping, number, part
from thang.channels.sender import Absent, Busy, Fault, Outgoing, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire

HOST, VERSION = "https://graph.facebook.com", "v25.0"
MOST = 2_000  # characters of a text
REFUSALS = {
    10: Refused("The window for messages is closed.", Fault.WINDOW),
    100: Refused("Nobody is known under this id.", Fault.ADDRESS),
    190: Refused("The page's token is not valid any more.", Fault.CHANNEL),
    200: Refused("The page lacks a permission.", Fault.CHANNEL),
    368: Refused("The platform has blocked the page for a while.", Fault.CHANNEL),
    551: Refused("The person cannot be reached now.", Fault.WINDOW),
}
SLOWER = frozenset((4, 32, 613, 80_001, 80_006))  # too many calls
OF_ADDRESS = frozenset((2_018_001,))  # the only subcode of 100 that speaks of a person


@dataclass(frozen=True)
class Messenger:
    """Sends as one page. `token`: the page's access token."""

    wire: Wire
    page: str
    token: str
    host: str = HOST
    key: str = "messenger"
    keyed: bool = False
    can_look_up: bool = False

    def send(self, message: Outgoing, idempotency_key: str) -> Outcome:
        """One text in reply, within the window."""
        del idempotency_key  # the platform knows no such thing
        if len(message.text) > MOST:
            return Refused(f"A message of Messenger has at most {MOST} characters.")
        body = {
            "recipient": {"id": message.to},
            "messaging_type": "RESPONSE",
            "message": {"text": message.text},
        }
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        url = f"{self.host}/{VERSION}/{self.page}/messages"
        return asked(self.wire, url, encoded(body), headers, read)

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """The platform cannot be asked; an echo of the message may still come by webhook."""
        del idempotency_key
        return Unknown("Messenger cannot be asked.")


def read(answer: Answer) -> Outcome:
    """What the platform said."""
    told = mapping(answer)
    if told is None:
        return Unknown("an answer that is no JSON")
    if told.get("message_id"):
        return Sent(str(told["message_id"]))
    error = part(told, "error")
    return _refused(number(error.get("code")), number(error.get("error_subcode")))


def _refused(code: int | None, below: int | None) -> Outcome:
    if code in SLOWER:
        return Busy()
    if code in (1, 2, None):  # the platform's own faults: such messages have arrived all the same
        return Unknown(f"error {code}")
    if code == 100 and below not in OF_ADDRESS:
        return Refused("The platform does not understand the message.")
    return REFUSALS.get(code, Refused(f"The platform refused the message (error {code})."))

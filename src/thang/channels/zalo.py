"""Zalo: messages of an official account, and approved templates by phone (ZNS).

Consultation messages answer within 48 hours of what the person did; templates are for
transactions and care only. Access tokens live about a day: whoever keeps them
(`zalo_tokens.py`) hands over `token`, which is asked at each message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from thang.channels.answers import Outcome, asked, encoded, mapping, number, part
from thang.channels.sender import Absent, Busy, Fault, Outgoing, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire

OA_HOST, ZNS_HOST = "https://openapi.zalo.me", "https://business.openapi.zalo.me"
MOST = 2_000  # characters of a text
TOKEN = Refused("The account's token is not valid any more.", Fault.CHANNEL)
OA_REFUSALS = {
    -216: TOKEN,
    -124: TOKEN,
    -213: Refused("The person does not follow the account.", Fault.WINDOW),
    -230: Refused("The window for messages is closed.", Fault.WINDOW),
    -232: Refused("The window for messages is closed.", Fault.WINDOW),
    -201: Refused("Nobody is known under this id.", Fault.ADDRESS),
}
ZNS_REFUSALS = {
    **{code: Refused("The app is not allowed to send templates.", Fault.CHANNEL)
       for code in (-101, -102, -103, -104, -105)},
    -124: TOKEN,
    -108: Refused("The phone number is not valid.", Fault.ADDRESS),
    -118: Refused("The number has no Zalo.", Fault.ADDRESS),
    -109: Refused("The template is not approved."),
    -110: Refused("The person's Zalo is too old for templates.", Fault.WINDOW),
    -111: Refused("The template's fields are not filled in."),
    -112: Refused("The template's fields are not as approved."),
    -115: Refused("The account has no balance left.", Fault.CHANNEL),
}  # fmt: skip
Token = Callable[[], str | Refused | Busy]  # a token, or why there is none
SLOWER = frozenset((-32, -126, -144, -147, -211))  # quotas of a minute or of a day


@dataclass(frozen=True)
class ZaloAccount:
    """Sends consultation messages as an official account."""

    wire: Wire
    token: Token
    host: str = OA_HOST
    key: str = "zalo_oa"
    keyed: bool = False
    can_look_up: bool = False

    def send(self, message: Outgoing, idempotency_key: str) -> Outcome:
        """One text to somebody who wrote to the account."""
        del idempotency_key  # the platform knows no such thing
        if len(message.text) > MOST:
            return Refused(f"A message of Zalo has at most {MOST} characters.")
        token = self.token()
        if not isinstance(token, str):
            return token
        body = {"recipient": {"user_id": message.to}, "message": {"text": message.text}}
        return asked(
            self.wire, f"{self.host}/v3.0/oa/message/cs", encoded(body), _headers(token),
            lambda answer: read(answer, OA_REFUSALS, "message_id"),
        )  # fmt: skip

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """The platform cannot be asked."""
        del idempotency_key
        return Unknown("Zalo cannot be asked.")


@dataclass(frozen=True, slots=True)
class Approval:
    """A template as Zalo approved it: its number, and which of our fields fills each of its own."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class ZaloTemplates:
    """Sends approved templates to phone numbers (ZNS): by `approved`, where it knows the message's
    template, or else by the message's own `template` and `fields`.
    """

    wire: Wire
    token: Token
    host: str = ZNS_HOST
    approved: Mapping[str, Approval] = field(default_factory=dict)
    key: str = "zns"
    keyed: bool = False
    can_look_up: bool = False

    def send(self, message: Outgoing, idempotency_key: str) -> Outcome:
        """One template; the key goes along as its tracking id."""
        template, fields = self._approved(message)
        if not template:
            return Refused("The message names no template that Zalo has approved.")
        if not template.isdigit():
            return Refused("No approved template stands for this message.", Fault.WINDOW)
        if not all(fields.values()):
            return Refused("The template's fields are not filled in.", Fault.WINDOW)
        token = self.token()
        if not isinstance(token, str):
            return token
        body = {
            "phone": message.to.removeprefix("+"),
            "template_id": template,
            "template_data": fields,
            "tracking_id": idempotency_key,
        }
        return asked(
            self.wire, f"{self.host}/message/template", encoded(body), _headers(token),
            lambda answer: read(answer, ZNS_REFUSALS, "msg_id"),
        )  # fmt: skip

    def _approved(self, message: Outgoing) -> tuple[str, dict[str, str]]:
        known = self.approved.get(message.template)
        if known is None:
            return message.template, dict(message.fields)
        return known.id, {own: message.fields.get(ours, "") for own, ours in known.fields.items()}

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """The platform cannot be asked by a tracking id."""
        del idempotency_key
        return Unknown("Zalo cannot be asked.")


def read(answer: Answer, refusals: Mapping[int, Refused], name: str) -> Outcome:
    """What the platform said; `name` is where it says what it calls the message."""
    told = mapping(answer)
    if told is None:
        return Unknown("an answer that is no JSON")
    code = number(told.get("error"))
    if code == 0:
        return Sent(str(part(told, "data").get(name, "")))
    if code is None or code == -100:
        return Unknown(f"error {code}")
    if code in SLOWER:
        return Busy()
    return refusals.get(code, Refused(f"Zalo refused the message (error {code})."))


def _headers(token: str) -> dict[str, str]:
    return {"content-type": "application/json", "access_token": token}

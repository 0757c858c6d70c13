"""SMS under a brand's name by eSMS (developers.esms.vn); other gateways speak alike.

The gateway takes a request id only once, so that a message may be handed over again without being
sent twice. Its yes means accepted, not delivered.
"""

from __future__ import annotations

from dataclasses import dataclass

from thang.channels.answers import Outcome, asked, encoded, mapping, number
from thang.channels.sender import Absent, Fault, Outgoing, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire

HOST = "https://rest.esms.vn"
PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
ACCEPTED, SEEN_BEFORE = 100, 124
CARE, ADS = "2", "1"
REFUSALS = {
    99: Refused("The gateway refuses the number.", Fault.ADDRESS),
    101: Refused("The gateway's keys are not valid.", Fault.CHANNEL),
    103: Refused("The gateway's balance is used up.", Fault.CHANNEL),
    104: Refused("The brand's name is not registered.", Fault.CHANNEL),
    108: Refused("The phone number is not valid.", Fault.ADDRESS),
    118: Refused("The gateway does not know this kind of message.", Fault.CHANNEL),
    146: Refused("The text is not one that the gateway has approved."),
    177: Refused("The brand's name is not registered with this carrier.", Fault.WINDOW),
}


@dataclass(frozen=True)
class Sms:
    """Sends under `brand`."""

    wire: Wire
    api_key: str
    secret: str
    brand: str
    host: str = HOST
    sandbox: bool = False
    key: str = "sms"
    keyed: bool = True
    can_look_up: bool = False

    def send(self, message: Outgoing, idempotency_key: str) -> Outcome:
        """One text; beyond the plain alphabet it costs more parts."""
        body = {
            "ApiKey": self.api_key,
            "SecretKey": self.secret,
            "Brandname": self.brand,
            "SmsType": ADS if message.purpose == "marketing" else CARE,
            "Phone": message.to,
            "Content": message.text,
            "IsUnicode": "0" if message.text.isascii() else "1",
            "Sandbox": "1" if self.sandbox else "0",
            "RequestId": idempotency_key,
        }
        headers = {"content-type": "application/json"}
        return asked(self.wire, self.host + PATH, encoded(body), headers, read)

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """Not asked: handing the same request id over again is safe."""
        del idempotency_key
        return Unknown("The gateway is handed the same request again instead.")


def read(answer: Answer) -> Outcome:
    """What the gateway said."""
    told = mapping(answer)
    if told is None:
        return Unknown("an answer that is no JSON")
    code = number(told.get("CodeResult"))
    if code in (ACCEPTED, SEEN_BEFORE):
        return Sent(str(told.get("SMSID", "")))
    if code is None:
        return Unknown("an answer without a result")
    return REFUSALS.get(code, Refused(f"The gateway refused the message (result {code})."))

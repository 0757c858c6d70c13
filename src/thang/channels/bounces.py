"""Delivery status notifications: which message of ours could not be delivered (RFC 3464)."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import default
from email.utils import parseaddr

REPORT = "message/delivery-status"
MOST = 1 << 20  # bytes that are looked at


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message of ours that did not arrive: its key; `for_good` if the address is dead.

    `status` is the enhanced code such as 5.1.1.
    """

    key: str
    status: str
    for_good: bool


def bounce_of(raw: bytes) -> Bounce | None:
    """What a mail says of one of ours; None if it is no failed delivery, or of nobody's message."""
    try:
        mail = message_from_bytes(raw[:MOST], policy=default)
        if mail.get_content_type() != "multipart/report":
            return None
        parts = {part.get_content_type(): part for part in mail.walk()}
        status = _status(parts.get(REPORT))
        key = _key(parts.get("message/rfc822") or parts.get("text/rfc822-headers"))
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        return None  # a mail so broken says nothing
    if not status or not key or not status.startswith(("4.", "5.")):
        return None
    return Bounce(key, status, status.startswith("5.1.") or status == "5.2.1")


def recipient_of(raw: bytes) -> str:
    """The address whose delivery failed, as the report names it; empty if it names none."""
    try:
        mail = message_from_bytes(raw[:MOST], policy=default)
        reports = [part for part in mail.walk() if part.get_content_type() == REPORT]
        fields = [one for report in reports for one in report.get_payload()]
        named = [str(one.get("Final-Recipient", "")) for one in fields if isinstance(one, Message)]
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        return ""
    kinds = [name.partition(";") for name in named if name]
    return next((to.strip(" <>") for kind, _, to in kinds if "rfc822" in kind.lower()), "")


def _status(report: Message | None) -> str:
    """The recipient's status, where the action is that it failed."""
    if report is None:
        return ""
    for fields in report.get_payload():
        if (
            isinstance(fields, Message)
            and str(fields.get("Action", "")).strip().lower() == "failed"
        ):
            return str(fields.get("Status", "")).split()[0] if fields.get("Status") else ""
    return ""


def _key(ours: Message | None) -> str:
    """The key in the id of the message that came back."""
    if ours is None:
        return ""
    inner = ours.get_payload()
    head = inner[0] if isinstance(inner, list) else message_from_bytes(str(inner).encode())
    name = parseaddr(str(head.get("Message-ID", "")))[1] if isinstance(head, Message) else ""
    return name.rpartition("@")[0]

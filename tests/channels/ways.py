"""Each channel with its provider on loopback: how a message goes out, and what was taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from thang.channels.messenger import Messenger
from thang.channels.sender import Outgoing, Sender
from thang.channels.sms import Sms
from thang.channels.transport import Wire
from thang.channels.webhook import Webhook
from thang.channels.zalo import ZaloAccount, ZaloTemplates
from thang.simulate.providers.platforms import (
    HookReceiver,
    MessengerServer,
    SmsServer,
    ZaloServer,
)
from thang.simulate.providers.server import Plan, Provider

NOW = 1_763_600_000_000_000
PHONE = "84900000001"
WORDS = "Chào bạn, đơn của bạn đã tới."


@dataclass(frozen=True)
class Way:
    """A sender, the provider behind it, and a message it can send."""

    sender: Sender
    provider: Provider
    message: Outgoing


def fine(_: int) -> None:
    return None


@contextmanager
def way(name: str, plan: Plan = fine, seconds: float = 5.0) -> Iterator[Way]:
    """A channel by its key, with troubles as planned."""
    providers = {
        "messenger": lambda: MessengerServer("t0", plan),
        "zalo_oa": lambda: ZaloServer("t0", plan),
        "zns": lambda: ZaloServer("t0", plan, templates=("505",)),
        "sms": lambda: SmsServer("a", "b", plan),
        "webhook": lambda: HookReceiver(plan),
    }
    with providers[name]() as provider:
        wire = Wire(allowed=[provider.place], seconds=seconds)
        yield Way(_sender(name, wire, provider.url), provider, _message(name))


def _sender(name: str, wire: Wire, url: str) -> Sender:
    match name:
        case "messenger":
            return Messenger(wire, "106", "t0", url)
        case "zalo_oa":
            return ZaloAccount(wire, lambda: "t0", url)
        case "zns":
            return ZaloTemplates(wire, lambda: "t0", url)
        case "sms":
            return Sms(wire, "a", "b", "THANG", url)
    return Webhook(wire, f"{url}/in", "s3", lambda: NOW)


def _message(name: str) -> Outgoing:
    to = {"messenger": "778", "zalo_oa": "186", "webhook": "p_abc"}.get(name, PHONE)
    return Outgoing(to, "Xin chào", WORDS, template="505" if name == "zns" else "",
                    fields={"customer_name": "Bạn Mẫu"})  # fmt: skip


WAYS = ("messenger", "zalo_oa", "zns", "sms", "webhook")

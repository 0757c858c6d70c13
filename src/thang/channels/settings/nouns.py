"""A shop's channels as it set them up; secrets are references, read when a sender is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thang.channels.settings.secrets import Secret


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """A mail server, and whom its letters are from."""

    host: str
    sender: str
    port: int = 587
    tls: str = "starttls"
    user: str = ""
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class MessengerSettings:
    """One Facebook page; `base` is the platform's own address where it is empty."""

    page: str
    token: Secret
    app_secret: Secret | None = None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """A template that Zalo has approved: its number, and the merge field of each of its own."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ZaloSettings:
    """One official account, and the templates that may be sent by phone."""

    app: str
    app_secret: Secret
    refresh_token: Secret
    oa: str = ""
    hook_secret: Secret | None = None
    base: str = ""
    zns_base: str = ""
    login_base: str = ""
    templates: Mapping[str, Approved] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """A gateway, and the brand's name that messages bear."""

    brand: str
    api_key: Secret
    secret: Secret
    sandbox: bool = False
    base: str = ""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """A system of the shop's own; `own_network` if it has no public address."""

    url: str
    secret: Secret
    own_network: bool = False


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Everything that `channels.yaml` says; None: the channel is not set.

    `fake`: nothing leaves the machine, a stand-in takes all messages.
    """

    public_url: str = ""
    fake: bool = False
    email: EmailSettings | None = None
    messenger: MessengerSettings | None = None
    zalo: ZaloSettings | None = None
    sms: SmsSettings | None = None
    webhook: WebhookSettings | None = None

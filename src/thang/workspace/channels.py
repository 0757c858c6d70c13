"""From what a shop says of its channels to senders; staff tasks need nothing to be set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from thang.channels import messenger, sms, zalo, zalo_tokens
from thang.channels.email import Mail
from thang.channels.messenger import Messenger
from thang.channels.sender import Sender
from thang.channels.settings.nouns import ChannelSettings, ZaloSettings
from thang.channels.sms import Sms
from thang.channels.tasks import Tasks
from thang.channels.transport import Wire
from thang.channels.webhook import Webhook
from thang.channels.zalo import Approval, ZaloAccount, ZaloTemplates
from thang.channels.zalo_tokens import ZaloTokens
from thang.model import WrongInput
from thang.simulate.providers.stand_in import TOKEN, StandIn
from thang.workspace.task_desk import TaskDesk

STAFF = ("task", "call", "page")  # what the shop's own people do
TOKENS = "zalo.tokens"  # in the shop's folder
INVENTED = "Thang <thang@khong-co-that.example>"


@dataclass(frozen=True)
class Makings:
    """What senders are made with: the shop's folder, for its secrets, and its clock."""

    folder: Path
    now: Callable[[], int]
    desk: TaskDesk


def senders_for(
    settings: ChannelSettings, makings: Makings, stand_in: StandIn | None = None
) -> dict[str, Sender]:
    """A sender for each channel that is set. With a stand-in it takes everything; without one
    `fake` channels have no senders. WrongInput where a secret cannot be read.
    """
    made: dict[str, Sender] = {
        key: Tasks(makings.desk.lay, makings.desk.find, key) for key in STAFF
    }
    if stand_in is not None:
        return made | _standing_in(settings, makings, stand_in)
    if settings.fake:
        return made
    real = (_email, _messenger, _zalo, _sms, _webhook)
    for make in real:
        made |= {sender.key: sender for sender in make(settings, makings)}
    return made


def only_fake(settings: ChannelSettings) -> None:
    """Refuse settings that would let a demo write to anybody."""
    if not settings.fake:
        raise WrongInput("This is a demo: its channels.yaml must say `fake: true`, as it did.")


def _email(settings: ChannelSettings, makings: Makings) -> tuple[Sender, ...]:
    if (mail := settings.email) is None:
        return ()
    password = mail.password.read(makings.folder) if mail.password else ""
    return (
        Mail(mail.host.strip("[]"), mail.port, mail.sender, mail.user, password, mail.tls,
             makings.now),
    )  # fmt: skip


def _messenger(settings: ChannelSettings, makings: Makings) -> tuple[Sender, ...]:
    if (page := settings.messenger) is None:
        return ()
    token = page.token.read(makings.folder)
    return (Messenger(_wire(page.base), page.page, token, page.base or messenger.HOST),)


def _zalo(settings: ChannelSettings, makings: Makings) -> tuple[Sender, ...]:
    if (said := settings.zalo) is None:
        return ()
    token = zalo_tokens_of(said, makings)
    return (
        ZaloAccount(_wire(said.base), token, said.base or zalo.OA_HOST),
        ZaloTemplates(_wire(said.zns_base), token, said.zns_base or zalo.ZNS_HOST, _approved(said)),
    )


def zalo_tokens_of(said: ZaloSettings, makings: Makings) -> ZaloTokens:
    """Who keeps the account's tokens."""
    return ZaloTokens(
        _wire(said.login_base), said.app, said.app_secret.read(makings.folder),
        said.refresh_token.read(makings.folder), makings.folder / TOKENS, makings.now,
        said.login_base or zalo_tokens.HOST,
    )  # fmt: skip


def _approved(said: ZaloSettings | None) -> Mapping[str, Approval]:
    templates = said.templates if said else {}
    return {key: Approval(one.id, one.fields) for key, one in templates.items()}


def _sms(settings: ChannelSettings, makings: Makings) -> tuple[Sender, ...]:
    if (said := settings.sms) is None:
        return ()
    key, secret = said.api_key.read(makings.folder), said.secret.read(makings.folder)
    return (
        Sms(_wire(said.base), key, secret, said.brand, said.base or sms.HOST, said.sandbox),
    )  # fmt: skip


def _webhook(settings: ChannelSettings, makings: Makings) -> tuple[Sender, ...]:
    if (said := settings.webhook) is None:
        return ()
    wire = _wire(said.url if said.own_network else "")
    return (Webhook(wire, said.url, said.secret.read(makings.folder), makings.now),)


def _wire(own: str) -> Wire:
    """The way out; an address that the shop itself names may be one of its own network."""
    if not own:
        return Wire()
    parts = urlsplit(own)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Wire(allowed=[(parts.hostname or "", port)])


def _standing_in(settings: ChannelSettings, makings: Makings, to: StandIn) -> dict[str, Sender]:
    """Every channel, with the stand-in at its other end."""
    servers = (to.messenger, to.zalo, to.sms, to.webhook)
    wire = Wire(allowed=[server.place for server in servers])
    sender = settings.email.sender if settings.email else INVENTED
    brand = settings.sms.brand if settings.sms else "THANG"
    made: tuple[Sender, ...] = (
        Mail(*to.mail.place, sender, tls="none", now=makings.now),
        Messenger(wire, "1", TOKEN, to.messenger.url),
        ZaloAccount(wire, lambda: TOKEN, to.zalo.url),
        ZaloTemplates(wire, lambda: TOKEN, to.zalo.url, _approved(settings.zalo)),
        Sms(wire, TOKEN, TOKEN, brand, to.sms.url),
        Webhook(wire, f"{to.webhook.url}/in", TOKEN, makings.now),
    )
    return {sender.key: sender for sender in made}

"""`channels.yaml` read: every mistake by file, line and key, and no secret in any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from thang.channels.settings.fields import CHANNELS, SECRET
from thang.channels.settings.nouns import (
    Approved,
    ChannelSettings,
    EmailSettings,
    MessengerSettings,
    SmsSettings,
    WebhookSettings,
    ZaloSettings,
)
from thang.channels.settings.secrets import Secret
from thang.policy.draft import Draft, inside, wrong
from thang.policy.load import text_of
from thang.policy.overlay import laid
from thang.policy.reading import read
from thang.policy.shapes import Record
from thang.policy.tree import Keys, Node, Scalar, read_tree

FILE = "channels.yaml"


def load_channels(path: Path) -> ChannelSettings:
    """What a file says of the channels; without a file nothing is set. WrongPolicy if wrong."""
    return read_channels(text_of(path), path.name) if path.exists() else ChannelSettings()


def read_channels(text: str, file: str = FILE) -> ChannelSettings:
    """The channels of a YAML text; `file` is its name in errors."""
    tree = read_tree(text, file)
    for node, at in _secrets(CHANNELS, tree, ""):
        _no_secret_itself(node, at)
    draft = laid(None, tree, CHANNELS)
    values = read(CHANNELS, draft.root, "")
    _sensible(draft, values)
    return _built(draft, values)


def _secrets(record: Record, node: Keys, path: str) -> Iterator[tuple[Node, str]]:
    """Every value that should be a reference to a secret."""
    for field in record.fields:
        value = node.items.get(field.key)
        if isinstance(field.shape, Record) and isinstance(value, Keys):
            yield from _secrets(field.shape, value, inside(path, field.key))
        elif field.shape is SECRET and value is not None:
            yield value, inside(path, field.key)


def _no_secret_itself(node: Node, path: str) -> None:
    """Refuse a secret that is written out, without repeating it."""
    text = node.text if isinstance(node, Scalar) else ""
    if not re.fullmatch(SECRET.pattern, text):
        raise wrong(
            node.spot, path, "a secret is not written here; put it into the environment or into a "
            "file of its own, and write env:NAME or file:PATH"
        )  # fmt: skip


def _sensible(draft: Draft, values: dict[str, Any]) -> None:
    """What no single key can say by itself."""
    for key in ("base", "zns_base", "login_base", "url"):
        for channel in ("messenger", "zalo", "sms", "webhook"):
            said = values.get(channel, {}).get(key, "")
            _address(draft, f"{channel}.{key}", said)
    _address(draft, "public_url", values.get("public_url", ""))
    reached = [key for key in ("email", "messenger", "zalo", "sms") if key in values]
    if reached and "public_url" not in values and not values.get("fake"):
        raise draft.wrong(
            reached[0], "public_url is missing; whoever is written to needs a way out, so write "
            "where customers reach this server"
        )  # fmt: skip
    mail = values.get("email", {})
    if ("user" in mail) != ("password" in mail):
        raise draft.wrong("email", "user and password go together: give both or neither")
    if mail.get("tls") == "none" and mail["host"] not in ("localhost", "127.0.0.1", "[::1]"):
        raise draft.wrong("email.tls", "none is for this machine only; use starttls or implicit")


def _address(draft: Draft, path: str, said: str) -> None:
    try:
        port = urlsplit(said).port
    except ValueError:
        port = 0
    if port == 0:
        raise draft.wrong(path, "the port of this address is none; write one from 1 to 65535")


def _built(draft: Draft, values: dict[str, Any]) -> ChannelSettings:
    made: dict[str, Any] = {}
    if "email" in values:
        mail = _with_secrets(draft, "email", values["email"])
        made["email"] = EmailSettings(sender=mail.pop("from"), **mail)
    if "messenger" in values:
        made["messenger"] = MessengerSettings(
            **_with_secrets(draft, "messenger", values["messenger"])
        )
    if "zalo" in values:
        zalo = _with_secrets(draft, "zalo", values["zalo"])
        approved = {key: Approved(**one) for key, one in zalo.pop("templates", {}).items()}
        made["zalo"] = ZaloSettings(templates=approved, **zalo)
    if "sms" in values:
        made["sms"] = SmsSettings(**_with_secrets(draft, "sms", values["sms"]))
    if "webhook" in values:
        made["webhook"] = WebhookSettings(**_with_secrets(draft, "webhook", values["webhook"]))
    public = values.get("public_url", "").rstrip("/")
    return ChannelSettings(public_url=public, fake=values.get("fake", False), **made)


def _with_secrets(draft: Draft, section: str, values: dict[str, Any]) -> dict[str, Any]:
    shape = next(one.shape for one in CHANNELS.fields if one.key == section)
    secret = (
        {one.key for one in shape.fields if one.shape is SECRET}
        if isinstance(shape, Record)
        else ()
    )
    return {
        key: _value(draft, f"{section}.{key}", value, key in secret)
        for key, value in values.items()
    }


def _value(draft: Draft, path: str, value: Any, is_secret: bool) -> Any:
    if is_secret:
        return Secret(value, f"{draft.spot(path)}: {path}")
    return value.rstrip("/") if path.endswith("base") else value

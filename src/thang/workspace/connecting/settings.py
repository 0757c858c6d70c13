"""`sources.yaml` read: every mistake by file, line and key, and no secret in any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from thang.channels.settings.secrets import Secret
from thang.policy.draft import Draft, inside, wrong
from thang.policy.load import text_of
from thang.policy.overlay import laid
from thang.policy.reading import read
from thang.policy.references import ADDRESS, SECRET
from thang.policy.shapes import Field, Record
from thang.policy.tree import Keys, Scalar, read_tree
from thang.sources.live.contract import Own, Source
from thang.sources.live.registry import SOURCES

FILE = "sources.yaml"
PUBLIC = Field(
    "public_url", ADDRESS,
    "Where platforms reach this server; Shopee signs the whole address.", absent="none",
)  # fmt: skip


def table() -> Record:
    """Every key of the file."""
    each = (
        Field(key, Record(source.settings), f"{source.name}.", absent="not set")
        for key, source in SOURCES.items()
    )
    return Record((PUBLIC, *each))


@dataclass(frozen=True, slots=True)
class Connected:
    """One source as the shop set it: what it says openly, and where its secrets are."""

    source: Source
    said: Mapping[str, str]
    secrets: Mapping[str, Secret] = field(default_factory=dict)

    @property
    def open_own(self) -> Own:
        """Its settings without secrets: enough to map what came."""
        return Own(self.said)

    def own(self, folder: Path) -> Own:
        """Its settings with secrets. WrongInput where one cannot be read."""
        return Own({**self.said, **{key: one.read(folder) for key, one in self.secrets.items()}})

    @property
    def has(self) -> frozenset[str]:
        """The settings that are there."""
        return frozenset(self.said) | frozenset(self.secrets)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Everything that `sources.yaml` says."""

    public_url: str = ""
    connected: Mapping[str, Connected] = field(default_factory=dict)


def load_sources(path: Path) -> SourceSettings:
    """What a file says of the sources; without a file none is set. WrongPolicy if wrong."""
    return read_sources(text_of(path), path.name) if path.exists() else SourceSettings()


def read_sources(text: str, file: str = FILE) -> SourceSettings:
    """The sources of a YAML text; `file` is its name in errors."""
    tree = read_tree(text, file)
    _no_secrets_themselves(tree)
    draft = laid(None, tree, table())
    values = read(table(), draft.root, "")
    public = values.pop("public_url", "").rstrip("/")
    made = {key: _connected(draft, SOURCES[key], said) for key, said in values.items()}
    return SourceSettings(public, made)


def _no_secrets_themselves(tree: Keys) -> None:
    """Refuse a secret that is written out, without repeating it."""
    for key, source in SOURCES.items():
        node = tree.items.get(key)
        for one in source.settings if isinstance(node, Keys) else ():
            value = node.items.get(one.key) if isinstance(node, Keys) else None
            text = value.text if isinstance(value, Scalar) else ""
            if one.shape is SECRET and value and not re.fullmatch(SECRET.pattern, text):
                raise wrong(
                    value.spot, inside(key, one.key), "a secret is not written here; put it into "
                    "the environment or into a file of its own, and write env:NAME or file:PATH",
                )  # fmt: skip


def _connected(draft: Draft, source: Source, values: Mapping[str, Any]) -> Connected:
    hidden = {one.key for one in source.settings if one.shape is SECRET}
    for key, value in values.items():
        if isinstance(value, str) and key not in hidden and "://" in value:
            _address(draft, f"{source.key}.{key}", value)
    secrets = {
        key: Secret(value, f"{draft.spot(f'{source.key}.{key}')}: {source.key}.{key}")
        for key, value in values.items()
        if key in hidden
    }
    said = {key: _said(value) for key, value in values.items() if key not in hidden}
    return Connected(source, said, secrets)


def _address(draft: Draft, path: str, said: str) -> None:
    try:
        port = urlsplit(said).port
    except ValueError:
        port = 0
    if port == 0:
        raise draft.wrong(path, "the port of this address is none; write one from 1 to 65535")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).rstrip("/") if "://" in str(value) else str(value)

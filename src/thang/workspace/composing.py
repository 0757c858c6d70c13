"""From a claimed message to its words: the template, the person's own fields, label, way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from thang.channels.sender import Outgoing
from thang.model import WrongInput
from thang.policy.contact import Contact
from thang.record import Record
from thang.record.outbox import Claim
from thang.record.vault import OWN_VALUE
from thang.river.sending.fields import FIELDS
from thang.river.sending.filters import Value
from thang.river.sending.labels import Worded, dressed
from thang.river.sending.merge import read_merge
from thang.river.sending.nouns import MARKETING

NAMES = ("name", "fullName")


class Words(Protocol):
    """A text in both languages."""

    @property
    def vi(self) -> str: ...
    @property
    def en(self) -> str: ...


class Template(Protocol):
    """What a template of the playbook says."""

    @property
    def subject(self) -> Words: ...
    @property
    def body(self) -> Words: ...


@dataclass(frozen=True)
class Composer:
    """Writes the words of messages; nothing of them is kept.

    `way_out` gives the address by which the person of a claim opts out, `beside` fields that
    the strategy adds, such as the code of a voucher.
    """

    record: Record
    templates: Mapping[str, Template]
    rules: Contact
    way_out: Callable[[Claim], str]
    language: str = "vi"
    shop: Mapping[str, Value] = field(default_factory=dict)
    beside: Callable[[Claim], Mapping[str, Value]] = lambda _: {}

    def __call__(self, claim: Claim) -> Outgoing:
        """The message as its provider gets it; WrongInput if it cannot be written so."""
        one = claim.message
        template = self.templates.get(one.template)
        if template is None:
            raise WrongInput(f"There is no template {one.template}: the playbook may have changed.")
        way_out = self.way_out(claim) if one.purpose == MARKETING else ""
        values = self._values(claim) | {"unsubscribe_url": way_out}
        written = Worded(
            " ".join(self._filled(template.subject, values).split()),
            self._filled(template.body, values),
        )
        words = dressed(written, one.channel, one.purpose, way_out, self.rules)
        return Outgoing(
            to=self._address(claim), subject=words.subject, text=words.text, purpose=one.purpose,
            unsubscribe_url=way_out, template=one.template,
            fields={key: str(value) for key, value in values.items() if value is not None},
        )  # fmt: skip

    def _filled(self, words: Words, values: Mapping[str, Value]) -> str:
        text = words.en if self.language == "en" else words.vi
        return read_merge(text, {**FIELDS, **self.shop}).fill(values)

    def _values(self, claim: Claim) -> dict[str, Value]:
        name = self._name(claim)
        own: dict[str, Value] = {
            "person.name": name,
            "person.first_name": name.split()[-1] if name else None,
            "person.ref": self.record.refs.ref_of(claim.person.number),
        }
        return own | dict(self.shop) | dict(self.beside(claim))

    def _name(self, claim: Claim) -> str | None:
        held = self.record.personal(claim.person.identifiers)
        said = (fields.get(key) for fields in held.values() for key in NAMES)
        return next((name.strip() for name in said if name and name.strip()), None)

    def _address(self, claim: Claim) -> str:
        if not claim.address:
            return ""
        held = self.record.personal([claim.address]).get(claim.address, {})
        if not held.get(OWN_VALUE):
            raise WrongInput("The person's address is no longer in the vault: they may be erased.")
        return held[OWN_VALUE]

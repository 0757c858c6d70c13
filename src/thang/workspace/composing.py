"""From a claimed message to its words: the template, the person's own fields, label, way out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from thang.channels.sender import Outgoing
from thang.model import WrongInput
from thang.policy.contact import Contact
from thang.policy.playbook.merge_fields import field_names
from thang.policy.playbook.nouns import Playbook
from thang.record import Record
from thang.record.outbox import Claim
from thang.record.vault import OWN_VALUE
from thang.river.sending.filters import Value
from thang.river.sending.labels import Worded, dressed
from thang.river.sending.merge import Merge, read_merge
from thang.river.sending.nouns import MARKETING
from thang.workspace.acting.playbooks import Playbooks

NAMES = ("name", "fullName")


class Words(Protocol):
    """A text in both languages."""

    @property
    def vi(self) -> str:
        """In Vietnamese."""

    @property
    def en(self) -> str:
        """In English."""


class Template(Protocol):
    """What a template of the playbook says."""

    @property
    def subject(self) -> Words:
        """The line above it, where a channel has one."""

    @property
    def body(self) -> Words:
        """The text itself."""


def composer_for(
    record: Record,
    playbook: Playbook,
    rules: Contact,
    way_out: Callable[[Claim], str],
    known: Callable[[Claim], Mapping[str, Value]] = lambda _: {},
    language: str = "vi",
) -> Composer:
    """Who writes the texts of a playbook, with what the shop says of itself there.

    Whoever entered a strategy under another playbook gets the words of that one.
    """
    books = Playbooks(record, playbook)

    def template(claim: Claim) -> Template | None:
        then = books.book(record.playbook_of(claim.message.enrolment))
        return (then or playbook).templates.get(claim.message.template)

    shop: Mapping[str, Value] = {f"shop.{name}": said for name, said in playbook.shop.items()}
    fields = field_names(playbook.shop)
    return Composer(
        record, template, fields, rules, way_out, lambda claim: {**shop, **known(claim)},
        language,
    )  # fmt: skip


@dataclass(frozen=True)
class Composer:
    """Writes the words of messages; nothing of them is kept.

    `template` finds the words of a claim, `fields` are the names that texts may use, `way_out`
    gives the address by which the person of a claim opts out, `known` what its merge fields say
    beside the person's name.
    """

    record: Record
    template: Callable[[Claim], Template | None]
    fields: Collection[str]
    rules: Contact
    way_out: Callable[[Claim], str]
    known: Callable[[Claim], Mapping[str, Value]] = lambda _: {}
    language: str = "vi"

    def __call__(self, claim: Claim) -> Outgoing:
        """The message as its provider gets it; WrongInput if it cannot be written so."""
        one = claim.message
        template = self.template(claim)
        if template is None:
            raise WrongInput(f"There is no template {one.template}: the playbook may have changed.")
        subject, body = self._read(template.subject), self._read(template.body)
        values = self._values(claim)
        written = Worded(" ".join(subject.fill(values).split()), body.fill(values))
        way_out = self.way_out(claim) if one.purpose == MARKETING else ""
        words = dressed(written, one.channel, one.purpose, way_out, self.rules)
        said = {key: str(values[key]) for key in subject.names | body.names if values.get(key)}
        return Outgoing(
            to=self._address(claim), subject=words.subject, text=words.text, purpose=one.purpose,
            unsubscribe_url=way_out, template=one.template, fields=said,
        )  # fmt: skip

    def _read(self, words: Words) -> Merge:
        return read_merge(words.en if self.language == "en" else words.vi, self.fields)

    def _values(self, claim: Claim) -> dict[str, Value]:
        name = self._name(claim)
        own: dict[str, Value] = {
            "person.name": name,
            "person.first_name": name.split()[-1] if name else None,
            "person.ref": self.record.refs.ref_of(claim.person.number),
        }
        return own | dict(self.known(claim))

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

"""A step's words as one person would read them, for whoever looks on: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from thang.policy.playbook.merge_fields import field_names, shop_values
from thang.policy.playbook.nouns import Playbook
from thang.policy.schema import Policy
from thang.river.sending.filters import Value
from thang.river.sending.labels import Worded
from thang.river.sending.merge import read_merge
from thang.workspace.names import Card


def worded(
    playbook: Playbook, template: str, values: Mapping[str, Value], language: str
) -> Worded | None:
    """A template's subject and text with its fields filled in; None: the playbook has it no more.

    Values that nobody knows read as the text says for that case.
    """
    found = playbook.templates.get(template)
    if found is None:
        return None
    fields = field_names(playbook.shop)
    said = {**shop_values(playbook.shop), **values}
    subject, body = (getattr(part, language) for part in (found.subject, found.body))
    head = read_merge(subject, fields).fill(said)
    return Worded(" ".join(head.split()), read_merge(body, fields).fill(said).strip())


def values_of(
    card: Card | None, level: int | None, policy: Policy, language: str
) -> dict[str, Value]:
    """What the merge fields say of a person; for the whole shop little more than nothing."""
    if card is None:
        return {"person.ref": "p_…"}
    name = card.name.strip()
    rung = policy.levels[level].names.get(language) if level is not None else None
    return {
        "person.name": name or None,
        "person.first_name": name.split()[-1] if name else None,
        "person.ref": card.ref,
        "person.level": rung,
    }

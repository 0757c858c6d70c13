"""New values from a form into a policy's YAML, which otherwise stays as the seller wrote it.

Each value is changed where it stands; one that the text leaves to the default policy is
added. What comes out is read again: it must differ in those values and in nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import yaml

from thang.model import WrongPolicy
from thang.policy.diff import diff
from thang.policy.draft import Draft
from thang.policy.exact import number, written
from thang.policy.form import RULES, Field, level_forms, same_value
from thang.policy.load import drafted, read_policy
from thang.policy.placing import placed
from thang.policy.schema import Policy
from thang.policy.tokens import TOKEN
from thang.policy.tree import Scalar

PLAIN = re.compile(r"[\w(][^:#,\[\]{}\n]*")
WORDS = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")


class WrongFieldError(WrongPolicy):
    """A value of the form that cannot be; `path` is the field's."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


def edited(text: str, values: Mapping[str, str], file: str = "policy.yaml") -> str:
    """The text with these values by the path of their field; paths it does not know are left out.

    `WrongFieldError` for a value that is no number or name; `WrongPolicy` where the text
    cannot be changed from a form, or would be no policy any more.
    """
    before = read_policy(text, file)
    fields = {field.path: field for form in level_forms(before) for field in form.fields}
    wanted = {
        path: _checked(fields[path], value)
        for path, value in values.items()
        if path in fields and not same_value(fields[path].value, value, fields[path])
    }
    changed = text
    for path, value in wanted.items():
        changed = _set(changed, fields[path], value, file)
    if wanted:
        _only_these(before, read_policy(changed, file), wanted)
    return changed


def _checked(field: Field, value: str) -> str:
    value = value.strip()
    if field.is_text:
        if not value or not value.isprintable():
            raise WrongFieldError(
                field.path, f"{field.path}: give it a name, or leave it as it was."
            )
        return value
    try:
        said = number(value)
    except ValueError as error:
        raise WrongFieldError(field.path, f"{field.path}: {error}.") from None
    if field.is_whole and said.denominator != 1:
        raise WrongFieldError(field.path, f"{field.path}: write a whole number, such as 3.")
    return written(said)


def _set(text: str, field: Field, value: str, file: str) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if field.word not in RULES:
        return placed(text, root, field.path.split("."), _scalar(value))
    path, _, count = field.path.rpartition(".")
    return placed(
        text,
        root,
        path.split("."),
        _scalar(_with_number(_rule(drafted(text, file), path), int(count), value)),
        within=lambda source: _with_number(source, int(count), value),
    )


def _rule(draft: Draft, path: str) -> str:
    node = draft.find(path)
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""


def _with_number(rule: str, count: int, value: str) -> str:
    """A rule with its number at a place (from 0) replaced, and every other character kept."""
    places = [match for match in TOKEN.finditer(rule) if match.lastgroup == "number"]
    place = places[count]
    kept = place.group().rstrip(".,")
    return rule[: place.start()] + value + rule[place.start() + len(kept) :]


def _scalar(value: str) -> str:
    """A value as YAML, bare where nobody could take it for anything else."""
    if PLAIN.fullmatch(value) and value.lower() not in WORDS and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)


def _only_these(before: Policy, after: Policy, wanted: Mapping[str, str]) -> None:
    """Refuse a change that did not come out as it was meant: an alias repeats it, for instance."""
    fields = {field.path: field for form in level_forms(after) for field in form.fields}
    whole = {path.rpartition(".")[0] if path[-1].isdigit() else path for path in wanted}
    met = all(path in fields and same_value(fields[path].value, value, fields[path])
              for path, value in wanted.items())  # fmt: skip
    if not met or not {change.key for change in diff(before, after)} <= whole:
        raise WrongPolicy(
            f"{', '.join(sorted(whole))}: this cannot be changed from the form, since the text "
            "says it in a way of its own; change it in the YAML text."
        )

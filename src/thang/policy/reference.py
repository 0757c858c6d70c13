"""The policy reference page, made from the table of fields and the default policy.

`python -m thang.policy.reference` writes it to `docs/reference/policy.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thang.policy.fields import POLICY
from thang.policy.load import effective, read_policy
from thang.policy.shapes import Field, Ladder, Named, Record, Section, Shape, Variants

PAGE = Path("docs/reference/policy.md")

OPENING = """\
# The policy

A policy says what a shop means by its levels. A new shop has the default policy; a
`policy.yaml` of its own holds only what differs, laid over the default one key by key:

* mappings merge, and every other value replaces the default one;
* `null` drops what may be dropped: a level, a quantity, a points line, an optional key;
* `levels` as a mapping changes some levels (`{member: {hold_months: 6}, premier: null}`), as a
  list it replaces the whole ladder;
* a quantity that names another form (`count`, `days`, …) than before is a new quantity.

```yaml
shop: {return_window_days: 15}
levels:
  member:
    name: {vi: Hội viên, en: Club member}
    hold_months: 6
```

A mistake is refused with its file, line and key, and the nearest right key. Numbers are exact:
write `0.7` and `500000`; `500.000` is refused, because it can be read in two ways.
"""

LANGUAGE = """\
## Rules

A rule is a condition: comparisons joined by `and`, `or` and `not`, with parentheses.

| Written | Means |
|---|---|
| `orders >= 3` | a comparison; also `>`, `<=`, `<`, `==`, `!=` |
| `spend >= 0.7 * own_bar` | a number times a quantity may stand on either side |
| `enrolled` | a quantity alone: it is above 0 |
| `advocate.enter` | the entry rule of another level, asked now |
| `true`, `false` | always, never |

`and` binds closer than `or`, `not` closer than `and`. Money (`spend`, a `sum`, the bars of money)
is in minor units: whole đồng for VND, cents for USD. A time (`since_order`, `gap`) is compared
only with another time. A rule has at most 500 parts and is nested at most 32 deep.
"""

LEVELS = """\
The first level is everybody the shop knows and has no rule. Every other level has one shape:
`fact` (held while it is true); `enter` with `silence` (earned, and lost by silence); or `enter`
with `keep` (earned, kept for `hold_months`, then asked at each monthly check). `hold_months`,
`grace`, `own_bar` and `ended_by` go with `keep`. A list of levels gives each its `key`.
"""


def reference_markdown() -> str:
    """The page: every key with its type, its default, and one sentence."""
    return "\n".join([OPENING, *_sections(POLICY, "", effective(read_policy(""))), LANGUAGE])


def _sections(record: Record, path: str, defaults: dict[str, Any]) -> Iterator[str]:
    title = f"## `{path}`\n" if path else "## The keys\n"
    yield title
    yield _table(record.fields, path, defaults)
    for field in record.fields:
        at = f"{path}.{field.key}" if path else field.key
        yield from _section(field, at, defaults.get(field.key))


def _section(field: Field, path: str, default: Any) -> Iterator[str]:
    match field.shape:
        case Record():
            yield from _sections(field.shape, path, default if isinstance(default, dict) else {})
        case Named(of=Variants() as variants):
            yield f"## `{path}.<name>`\n\n{field.doc}\n"
            yield from _forms(variants, path)
            yield "The default ones:\n"
            yield _listed(default)
        case Named(of=Record() as record):
            yield from _sections(record, f"{path}.<key>", {})
            yield "The default ones:\n"
            yield _listed(default)
        case Named(of=Named(of=Record() as record)):
            yield from _sections(record, f"{path}.<scheme>.<name>", {})
            yield "The default ones:\n"
            yield "\n".join(_listed(lines) for lines in default.values())
        case Ladder(of):
            yield f"{_heading(path)}{LEVELS}"
            yield from _sections(of, f"{path}.<key>", {})
            yield "The default ones:\n"
            yield _listed({x["key"]: {k: v for k, v in x.items() if k != "key"} for x in default})


def _heading(path: str) -> str:
    return f"## `{path}`\n\n"


def _forms(variants: Variants, path: str) -> Iterator[str]:
    yield "A quantity has one of these keys, which says what it counts:\n"
    firsts = [form.fields[0] for form in variants.forms.values()]
    rows = [
        f"| `{one.key}` | {one.shape.says} | {one.doc} | {_more(form)} |"
        for one, form in zip(firsts, variants.forms.values(), strict=True)
    ]
    yield "\n".join(
        ["| Key | Type | What it counts | Further keys |", "|---|---|---|---|", *rows, ""]
    )
    others = {f.key: f for form in variants.forms.values() for f in form.fields[1:]}
    yield "The further keys:\n"
    yield _table(tuple(others.values()), "", {})
    where = others["where"].shape
    if isinstance(where, Record):
        yield from _sections(where, f"{path}.<name>.where", {})


def _more(form: Record) -> str:
    return ", ".join(f"`{key}`" for key in form.keys[1:])


def _table(fields: tuple[Field, ...], path: str, defaults: dict[str, Any]) -> str:
    rows = [
        f"| `{f'{path}.' if path else ''}{f.key}` | {f.shape.says} | "
        f"{_default(f, defaults)} | {f.doc} |"
        for f in fields
    ]
    return "\n".join(["| Key | Type | Default | What it is for |", "|---|---|---|---|", *rows, ""])


def _default(field: Field, defaults: dict[str, Any]) -> str:
    if _is_long(field.shape):
        return "below"
    if field.key in defaults:
        return _shown(defaults[field.key])
    return field.absent if field.absent is not None else "needed"


def _is_long(shape: Shape) -> bool:
    if isinstance(shape, Named):
        return isinstance(shape.of, Section)
    return isinstance(shape, Section)


def _listed(named: dict[str, Any]) -> str:
    rows = [f"| `{name}` | {_shown(value)} |" for name, value in named.items()]
    return "\n".join(["| Name | Says |", "|---|---|", *rows, ""])


def _shown(value: Any) -> str:
    return f"`{_flow(value)}`"


def _flow(value: Any) -> str:
    """A value in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def main() -> None:
    """Write the page into the source tree."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()

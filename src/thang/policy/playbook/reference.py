"""The reference page of the playbook, made from the table of keys, the facts and the rows.

`python -m thang.policy.playbook.reference` writes it to `docs/reference/playbook.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from thang.policy.expressions import to_text
from thang.policy.playbook.facts import SHOP, Fact
from thang.policy.playbook.happenings import TABLE, WINDOWS, Happening
from thang.policy.playbook.load import read_playbook
from thang.policy.playbook.merge_fields import DETAILS, FIELDS
from thang.policy.playbook.nouns import Step, Strategy
from thang.policy.playbook.shape import PLAYBOOK
from thang.policy.playbook.standings import STANDINGS
from thang.policy.shapes import Named, Record, Shape, Variants

PAGE = Path("docs/reference/playbook.md")

OPENING = """\
# The playbook

A strategy says what the shop does for whom, when it begins, in which words, and what counts as
having worked. A new shop has the default playbook: the 74 strategies that the two founding articles
name. A `playbook.yaml` in the shop's folder holds only what differs, laid over the default one key
by key, as `policy.yaml` is over the default policy:

* mappings merge, and every other value replaces the default one;
* a strategy with a name of its own is a new one;
* `null` drops a strategy, a step or an optional key;
* `enabled: false` switches a strategy off and keeps it in the list.

`thang strategies` lists what holds, `thang strategies KEY` shows one with its texts. A mistake is
refused with its file, line and key, and the nearest right word. Whoever has begun a strategy goes
through it as it was then: a change is for those who begin later.
"""

RULES = """\
## Rules

`trigger`, `only_if` and `success.when` are written in [the language of the policy](policy.md),
about the facts below. A fact is a number; a flag is 1 or 0 and may stand alone. What is not known
is no number, and no comparison with it is true: `not x < 1` holds where `x` is unknown, `x >= 1`
does not. In a `success` whatever happens is counted from the start of the strategy on; so
`orders_placed >= 1` there means an order since. In a strategy with `scope: shop` what happens
counts of everybody.

Of the facts that count something there are these names, `carts` for example:

| Name | Means |
|---|---|
| `carts` | ever; in a `success`, since the start |
| `carts_7d` | in the last 7 days; also {windows} |
| `days_since_carts` | days since the last one; unknown if there was none |

The last form is not there for sums, months, orders that count, and moves.
"""


def reference_markdown() -> str:
    """The page: every strategy, every fact, every merge field, every key."""
    return "\n".join([OPENING, *_strategies(), *_facts(), *_fields(), *_keys()])


def _strategies() -> Iterator[str]:
    rows = read_playbook("").strategies
    for article, title in (("A", "Article A: the seven levels"), ("B", "Article B: the groups")):
        yield f"## {title}\n"
        yield _table(
            ("Row", "Strategy", "For", "Begins when", "Worked if", "Steps"),
            (_row(one) for one in rows if one.article == article),
        )


def _row(one: Strategy) -> tuple[str, ...]:
    off = "" if one.on else " (off)"
    worked = f"`{to_text(one.success.rule)}` within {one.success.within_days} days"
    return (
        one.id, f"`{one.key}`{off}: {one.name.vi} / {one.name.en}. “{one.quote}”", _whom(one),
        f"`{to_text(one.trigger)}`", worked, _journey(one.steps),
    )  # fmt: skip


def _whom(one: Strategy) -> str:
    parts = [", ".join(one.levels) or ("the shop" if one.scope == SHOP else "any level")]
    parts += [f"to {one.lifts_to}"] if one.lifts_to else []
    parts += [f"group {one.group}"] if one.group else []
    parts += [f"stage {', '.join(map(str, one.stages))}"] if one.stages else []
    parts += ["gate"] if one.needs_gate else []
    return "; ".join(parts)


def _journey(steps: Iterable[Step]) -> str:
    """`day 0 email, day 3 email`: days from the start."""
    day, found = 0, []
    for step in steps:
        day += step.wait_days
        found.append(f"day {day} {' or '.join(step.channels)}")
    return "; ".join(found)


def _facts() -> Iterator[str]:
    yield RULES.format(windows=", ".join(f"`_{days}d`" for days in WINDOWS if days != 7))
    yield "### What happens\n"
    yield _table(("Name", "Counts", "Kinds"), map(_happening, TABLE))
    yield "### How things stand\n"
    yield _table(("Name", "Says", "Of"), (_standing(fact) for fact in STANDINGS))


def _happening(row: Happening) -> tuple[str, ...]:
    kinds = ", ".join(f"`{kind}`" for kind in row.kinds)
    taken = f"; taken back by {', '.join(f'`{kind}`' for kind in row.closes)}" if row.closes else ""
    return f"`{row.name}`", row.says, kinds + taken


def _standing(fact: Fact) -> tuple[str, ...]:
    return f"`{fact.name}`", fact.says, "the shop" if fact.scope == SHOP else "a person"


def _fields() -> Iterator[str]:
    yield (
        '## Merge fields\n\nIn a text `{{ person.first_name | default:"bạn" }}` says a field, and '
        "`{% if shop.offer %}…{% else %}…{% endif %}` leaves a part out. The label of advertising "
        "and the way out are put by whoever sends; a text never writes them.\n"
    )
    yield _table(("Field", "Says"), ((f"`{key}`", says) for key, says in FIELDS.items()))
    yield "The shop says these of itself once, under `shop:`, and may add names of its own:\n"
    yield _table(("Field", "Says"), ((f"`shop.{key}`", says) for key, says in DETAILS.items()))


def _keys() -> Iterator[str]:
    yield "## The keys\n"
    yield _table(("Key", "Type", "If left out", "What it is for"), _key_rows(PLAYBOOK, ""))


def _key_rows(shape: Shape, path: str) -> Iterator[tuple[str, ...]]:
    match shape:
        case Record(fields):
            for one in fields:
                at = f"{path}.{one.key}" if path else one.key
                yield f"`{at}`", one.shape.says, one.absent or "needed", one.doc
                yield from _key_rows(one.shape, at)
        case Named(of=of):
            yield from _key_rows(of, f"{path}.<name>")
        case Variants(forms):
            for form in forms.values():
                yield from _key_rows(Record(form.fields[:1]), path)
            others = {one.key: one for form in forms.values() for one in form.fields[1:]}
            yield from _key_rows(Record(tuple(others.values())), path)


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (titles, ("---",) * len(titles), *rows)]
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the page into the source tree."""
    PAGE.write_text(reference_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()

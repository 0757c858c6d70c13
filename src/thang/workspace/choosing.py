"""The filters of a list of customers, as conditions on its one narrow table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from thang.engines.duckdb import Projection
from thang.engines.summaries import MOST_SOURCES
from thang.model import DAY, WrongInput
from thang.policy.aims import GROUPS
from thang.policy.schema import Policy
from thang.record import Record
from thang.workspace.movement import kept_month
from thang.workspace.names import find_people

FOUND = 2_000  # people that a search by text looks for
FELL_DAYS = 30
NO_GROUP = "none"
LONGEST_SILENCE = 36_500  # days
ACTIVITIES = ("none", "new", "active", "at_risk", "dormant", "lost")
VIEWS = ("almost_up", "just_fell", "silent")
MOVES = {"up": "to_level > from_level and from_level >= 0", "down": "to_level < from_level",
         "new": "from_level < 0"}  # fmt: skip

Condition = tuple[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for; the empty text is no filter. Instants come from the projection.

    `view`: almost_up, just_fell (within 30 days), silent (no counting order for `days`).
    `moved`: a month (YYYY-MM), with `move` up, down or new, and rungs `from_level`, `to_level`.
    """

    levels: tuple[str, ...] = ()
    facet: str = ""
    group: str = ""
    activity: str = ""
    source: str = ""
    view: str = ""
    days: int = 60
    moved: str = ""
    move: str = ""
    from_level: str = ""
    to_level: str = ""
    text: str = ""
    sort: str = "since"
    size: int = 25
    cursor: str = ""


@dataclass(frozen=True)
class Choice:
    """Conditions that all hold, with their values; `more`: a text names still others."""

    wheres: tuple[str, ...]
    values: tuple[Any, ...]
    more: bool = False


def chosen(record: Record, projection: Projection, policy: Policy, asked: Asked) -> Choice:
    """What a person must be to stand in the list; `WrongInput` for what there is not."""
    as_of = projection.meta("as_of") or 0
    conditions = [
        *_standing(policy, asked),
        *_group(asked.group),
        *_activity(asked.activity, as_of),
        *_source(record, asked.source),
        *_view(asked, as_of),
        *_moved(projection, policy, asked),
    ]
    more = False
    if asked.text.strip():
        people = find_people(record, projection, policy, asked.text, FOUND)
        conditions.append(("person in (select unnest(?))", [list(people.persons)]))
        more = people.more
    values = tuple(value for _, given in conditions for value in given)
    return Choice(tuple(sql for sql, _ in conditions), values, more)


def _standing(policy: Policy, asked: Asked) -> Iterator[Condition]:
    if asked.levels:
        places = sorted({_place(policy, key) for key in asked.levels})
        yield f'"level" in ({", ".join(map(str, places))})', ()
    if asked.facet:
        place = _place(policy, asked.facet)
        bought = sum(1 << i for i, level in enumerate(policy.levels) if level.fact is not None)
        unsaid = policy.levels[place].silence is not None and bought
        yield f"rungs & {1 << place} <> 0" + (f" and rungs & {bought} = 0" if unsaid else ""), ()


def _place(policy: Policy, key: str) -> int:
    keys = [level.key for level in policy.levels]
    if key not in keys:
        raise WrongInput(f"There is no rung {key!r}: choose one of {', '.join(keys)}.")
    return keys.index(key)


def _group(name: str) -> Iterator[Condition]:
    """Members of a group; `none`: whoever is in no group."""
    if name == NO_GROUP:
        yield "person in (select person from scores where members = 0)", ()
    elif name in GROUPS:
        bit = 1 << GROUPS.index(name)
        yield "person in (select person from scores where members & ? > 0)", [bit]
    elif name:
        raise WrongInput(f"There is no group {name!r}: choose one of {', '.join(GROUPS)}, none.")


def _activity(name: str, as_of: int) -> Iterator[Condition]:
    if not name:
        return
    if name not in ACTIVITIES:
        raise WrongInput(f"{name!r} is no activity: choose one of {', '.join(ACTIVITIES)}.")
    if name == "none":
        yield "orders = 0", ()
        return
    place = ACTIVITIES.index(name)
    yield "orders > 0", ()
    if name != "new":
        yield f"{name}_from <= ?", [as_of]
    if name != "lost":
        yield f"{ACTIVITIES[place + 1]}_from > ?", [as_of]


def _source(record: Record, name: str) -> Iterator[Condition]:
    if not name:
        return
    code = record.sources().get(name)
    if code is None:
        raise WrongInput(f"No source is called {name!r}: choose one that has sent events.")
    yield f"sources & {1 << min(code, MOST_SOURCES)} <> 0", ()
    if code >= MOST_SOURCES:
        yield "person in (select person from told where source = ?)", [code]


def _view(asked: Asked, as_of: int) -> Iterator[Condition]:
    match asked.view:
        case "":
            return
        case "almost_up":
            yield "near", ()
        case "just_fell":
            yield "fell_at > ?", [as_of - FELL_DAYS * DAY]
        case "silent":
            if not 1 <= asked.days <= LONGEST_SILENCE:
                raise WrongInput("Silence is counted in days: give a number from 1 to 36500.")
            yield "orders > 0 and last_order <= ?", [as_of - asked.days * DAY]
        case _:
            raise WrongInput(f"There is no view {asked.view!r}: choose one of {', '.join(VIEWS)}.")


def _moved(projection: Projection, policy: Policy, asked: Asked) -> Iterator[Condition]:
    """Who stood elsewhere at the month's end than at its start."""
    if not asked.moved:
        if asked.move or asked.from_level or asked.to_level:
            raise WrongInput("A move needs its month: give moved=YYYY-MM.")
        return
    wheres = [f"month = {kept_month(projection, policy, asked.moved)}"]
    if asked.move:
        if asked.move not in MOVES:
            raise WrongInput(f"{asked.move!r} is no move: choose one of {', '.join(MOVES)}.")
        wheres.append(MOVES[asked.move])
    for name, key in (("from_level", asked.from_level), ("to_level", asked.to_level)):
        if key:
            wheres.append(f"{name} = {_place(policy, key)}")
    yield f"person in (select person from moved where {' and '.join(wheres)})", ()  # noqa: S608

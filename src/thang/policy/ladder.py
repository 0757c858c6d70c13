"""Whether the levels make a ladder: each of one shape, none in a ring, none out of reach."""

from __future__ import annotations

from collections.abc import Mapping

from thang.model import WrongPolicy
from thang.policy.draft import Draft
from thang.policy.expressions import depth, entries_in, references, size
from thang.policy.level_fields import CLASHES, NEEDS
from thang.policy.possible import can_hold
from thang.policy.rules import MOST_NODES
from thang.policy.schema import Expr, Level, Policy

MOST_DEPTH_TOGETHER = 64
SHAPED = ("fact", "enter", *NEEDS)


def shaped(draft: Draft) -> None:
    """Refuse a level whose keys do not go together; asked before any rule is read."""
    for place, key in enumerate(draft.keys("levels")):
        found = draft.keys(f"levels.{key}")
        fault = _fault(found) if place else _rule_of_first(found)
        if fault:
            word, sentence = fault
            raise draft.wrong(f"levels.{key}.{word}".rstrip("."), sentence, f"levels.{key}")


def _rule_of_first(found: tuple[str, ...]) -> tuple[str, str] | None:
    for word in SHAPED:
        if word in found:
            return word, f"the first level is everybody the shop knows; drop {word}"
    return None


def _fault(found: tuple[str, ...]) -> tuple[str, str] | None:
    for one, other in CLASHES:
        if one in found and other in found:
            return other, f"{one} is here too, and a level has one of them; drop {one} or {other}"
    if "fact" not in found and "enter" not in found and not set(NEEDS) & set(found):
        return "", "this level has no rule; give it fact, or enter with keep or silence"
    for word, need in NEEDS.items():
        if word in found and need not in found:
            return word, f"{word} means nothing without {need}; add {need}, or drop {word}"
    if "enter" in found and "keep" not in found and "silence" not in found:
        return "enter", "nothing says how the level is lost; add keep or silence"
    return None


def climbable(policy: Policy, draft: Draft) -> None:
    """Refuse entry rules in a ring, rules that grow too large together, and levels out of reach."""
    levels = {level.key: level for level in policy.levels}
    _entries_exist(policy, levels, draft)
    for level in policy.levels:
        ring = _ring(level.key, levels, ())
        if ring:
            raise draft.wrong(
                f"levels.{level.key}.enter",
                f"the entry rules go in a ring: {' -> '.join(ring)}; break it at one of them",
                *(f"levels.{key}.enter" for key in ring),
            )
    _together(levels, draft)
    for level in policy.levels[1:]:
        rule = level.fact or level.enter
        if rule and not can_hold(rule, policy.quantities, lambda key: levels[key].enter):
            raise _out_of_reach(level, rule, draft)


def _out_of_reach(level: Level, rule: Expr, draft: Draft) -> WrongPolicy:
    word = "fact" if level.fact else "enter"
    return draft.wrong(
        f"levels.{level.key}.{word}",
        "this can never be true, so nobody would ever reach the level; change the rule, or drop "
        "the level",
        *(f"levels.{key}.enter" for key in references(rule)),
    )


def rules(policy: Policy) -> dict[str, Expr]:
    """Every rule of a policy by its path."""
    found = {
        f"levels.{level.key}.{word}": rule
        for level in policy.levels
        for word, rule in (("fact", level.fact), ("enter", level.enter), ("keep", level.keep))
        if rule is not None
    }
    return {**found, "blocked.while": policy.blocked, "bars.unless": policy.bars.unless}


def _entries_exist(policy: Policy, levels: Mapping[str, Level], draft: Draft) -> None:
    for path, rule in rules(policy).items():
        for key in sorted(entries_in(rule)):
            if levels[key].enter is None:
                raise draft.wrong(
                    path,
                    f"{key} has no entry rule; write what is meant in place of {key}.enter",
                    f"levels.{key}",
                )
            if path == "blocked.while":
                raise draft.wrong(
                    path,
                    f"{key}.enter asks this rule itself; write what is meant in place of it",
                )


def _ring(key: str, levels: Mapping[str, Level], above: tuple[str, ...]) -> tuple[str, ...]:
    """The way from a level back to itself, first and last alike; nothing if there is none."""
    if key in above:
        return (*above, key) if key == above[0] else ()
    rule = levels[key].enter
    for other in sorted(entries_in(rule)) if rule else ():
        found = _ring(other, levels, (*above, key))
        if found:
            return found
    return ()


def _together(levels: Mapping[str, Level], draft: Draft) -> None:
    """Entry rules are written out where they are referred to; that must stay small."""
    known: dict[str, tuple[int, int]] = {}

    def measure(key: str) -> tuple[int, int]:
        if key not in known:
            rule = levels[key].enter
            inner = [measure(other) for other in references(rule)] if rule else []
            parts = (size(rule) if rule else 0) + sum(n for n, _ in inner)
            known[key] = parts, (depth(rule) if rule else 0) + max((d for _, d in inner), default=0)
        return known[key]

    for key in levels:
        parts, deep = measure(key)
        if parts > MOST_NODES or deep > MOST_DEPTH_TOGETHER:
            raise draft.wrong(
                f"levels.{key}.enter",
                f"with the entry rules it refers to, the rule has {parts} parts in {deep} layers, "
                f"and there is room for {MOST_NODES} in {MOST_DEPTH_TOGETHER}; make it smaller",
            )

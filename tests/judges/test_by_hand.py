"""The loader reads the default policy as a person reads it."""

from __future__ import annotations

from dataclasses import replace

from thang.policy.load import load_policy
from thang.policy.schema import And, Expr, Level, Measure, Not, Or, Quantity

from .by_hand import default_policy
from .quantities import bar_name


def flat(rule: Expr) -> Expr:
    """The same rule, with `a and (b and c)` written as `a and b and c`."""
    match rule:
        case And() | Or():
            kind = type(rule)
            inner = [flat(part) for part in rule.parts]
            parts = [x for p in inner for x in (p.parts if isinstance(p, kind) else (p,))]
            return kind(tuple(parts))
        case Not():
            return Not(flat(rule.part))
        case _:
            return rule


def plain(level: Level) -> Level:
    """The level with its rules flat."""
    return replace(
        level,
        names=dict(level.names),
        fact=level.fact and flat(level.fact),
        enter=level.enter and flat(level.enter),
        keep=level.keep and flat(level.keep),
    )


def named(quantity: Quantity) -> Quantity:
    """The quantity with the bar or setting it stands for said in one place."""
    if quantity.measure in (Measure.BAR, Measure.SETTING):
        return replace(quantity, scheme=bar_name(quantity))
    return quantity


def test_the_loader_reads_what_the_default_text_says() -> None:
    loaded, written = load_policy(None), default_policy()
    assert [plain(x) for x in loaded.levels] == [plain(x) for x in written.levels]
    assert {k: named(q) for k, q in loaded.quantities.items()} == {
        k: named(q) for k, q in written.quantities.items()
    }
    for field in ("schemes", "window", "activity", "referral", "programme", "blocked_by"):
        assert getattr(loaded, field) == getattr(written, field)
    assert replace(loaded.shop, rates={}) == written.shop
    assert (flat(loaded.blocked), flat(loaded.bars.unless)) == (
        flat(written.blocked),
        flat(written.bars.unless),
    )
    assert loaded.bars.premier == written.bars.premier

"""Whether a playbook means what it says: audiences, scopes, fields of texts, what can succeed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from thang.model import WrongInput, WrongPolicy
from thang.policy.draft import Draft, wrong
from thang.policy.expressions import names_in
from thang.policy.nearest import hint
from thang.policy.playbook.facts import FACTS, SHOP, Fact, What
from thang.policy.playbook.merge_fields import field_names, fields_in
from thang.policy.playbook.nouns import Strategy
from thang.policy.schema import Expr
from thang.policy.tree import Scalar

# Reads a text and its fields whole, and says in one sentence what is wrong with it.
Reads = Callable[[str, Collection[str]], object]
STAFF = ("task", "page", "webhook", "audience")  # channels that need no one person


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weighs the strategies of one draft; every refusal is on a line the shop wrote, if any."""

    draft: Draft
    facts: Mapping[str, Fact]
    levels: Collection[str]
    details: Mapping[str, str]
    own_file: str
    reads: Reads | None

    def all(self, strategies: Iterable[Strategy]) -> tuple[Strategy, ...]:
        """The strategies as they are, those of the default without levels the shop has not."""
        found = tuple(self._one(strategy) for strategy in strategies)
        self._each_row_once(found)
        return found

    def _one(self, strategy: Strategy) -> Strategy:
        self._rules(strategy)
        self._channels(strategy)
        self._texts(strategy)
        return self._on_ladder(strategy)

    def _on_ladder(self, strategy: Strategy) -> Strategy:
        """A shop may have dropped a level; only its own file may not speak of it."""
        kept = tuple(self._known(strategy, "levels", strategy.levels))
        aim = strategy.lifts_to
        lifts_to = next(self._known(strategy, "lifts_to", (aim,)), None) if aim else None
        is_on = strategy.on and (bool(kept) or not strategy.levels)
        return replace(strategy, levels=kept or strategy.levels, lifts_to=lifts_to, on=is_on)

    def _known(self, strategy: Strategy, word: str, levels: Iterable[str]) -> Iterator[str]:
        path = f"strategies.{strategy.key}.{word}"
        for level in levels:
            if level in self.levels:
                yield level
            elif self.draft.spot(path).file == self.own_file:
                raise self.draft.wrong(path, f"there is no level {level}{hint(level, self.levels)}")

    def _rules(self, strategy: Strategy) -> None:
        path = f"strategies.{strategy.key}"
        self._speaks(strategy, f"{path}.trigger", strategy.trigger)
        self._speaks(strategy, f"{path}.success.when", strategy.success.rule)
        for step in strategy.steps:
            if step.only_if is not None:
                self._speaks(strategy, f"{path}.steps.{step.key}.only_if", step.only_if)
        self._begins(strategy)
        if not names_in(strategy.success.rule):
            raise self.draft.wrong(
                f"{path}.success.when", "it speaks of no fact, so nothing counts; say what has "
                "to happen, such as orders_placed >= 1",
            )  # fmt: skip

    def _begins(self, strategy: Strategy) -> None:
        for name in sorted(names_in(strategy.trigger)):
            if self.facts[name].what is What.OWN and name != "own_uplift":
                path = f"strategies.{strategy.key}.trigger"
                raise self.draft.wrong(path, f"{name} is known only after the start; "
                                       "it may stand in success")  # fmt: skip

    def _speaks(self, strategy: Strategy, path: str, rule: Expr) -> None:
        if strategy.scope != SHOP:
            return
        for name in sorted(names_in(rule)):
            fact = self.facts[name]
            if not (fact.is_counted or fact.scope == SHOP or fact.what is What.OWN):
                raise self.draft.wrong(
                    path, f"{name} is a fact of one person, and this strategy is done once for "
                    "the shop; use a fact of the shop", f"strategies.{strategy.key}.scope",
                )  # fmt: skip

    def _channels(self, strategy: Strategy) -> None:
        path = f"strategies.{strategy.key}"
        if not strategy.steps:
            raise self.draft.wrong(f"{path}.steps", "there is no step; give it one, or drop "
                                   "the strategy with null")  # fmt: skip
        for step in strategy.steps:
            wrongly = [one for one in step.channels if one not in STAFF]
            if strategy.scope == SHOP and wrongly:
                raise self.draft.wrong(
                    f"{path}.steps.{step.key}.channels", f"{wrongly[0]} reaches one person, and "
                    "this strategy is done once for the shop; use task or page",
                    f"{path}.scope",
                )  # fmt: skip

    def _texts(self, strategy: Strategy) -> None:
        known = field_names(self.details)
        for step in strategy.steps:
            for part in ("subject.vi", "subject.en", "body.vi", "body.en"):
                path = f"strategies.{strategy.key}.steps.{step.key}.{part}"
                node = self.draft.find(path)
                if isinstance(node, Scalar):
                    self._text(node, path, known)

    def _text(self, node: Scalar, path: str, known: Collection[str]) -> None:
        for name, column in fields_in(node.text):
            if name not in known:
                near = hint(name, known)
                raise wrong(node.spot_at(column), path, f"there is no field {name[:60]}{near}")
        if self.reads is None or node.spot.file != self.own_file:
            return
        try:
            self.reads(node.text, known)
        except WrongInput as error:
            raise WrongPolicy(
                f"{node.spot}: {path}: this text cannot be filled in. {error}"
            ) from None

    def _each_row_once(self, strategies: Iterable[Strategy]) -> None:
        seen: dict[str, str] = {}
        for one in strategies:
            if one.id and one.id in seen:
                raise self.draft.wrong(
                    f"strategies.{one.key}.id", f"{one.id} is {seen[one.id]} already; a strategy "
                    "of your own needs no id",
                )  # fmt: skip
            seen[one.id] = one.key


def new_names(draft: Draft, facts: Iterable[str]) -> None:
    """A fact of the shop's own has a name of its own."""
    for name in facts:
        if name in FACTS:
            raise WrongPolicy(
                f"{draft.spot(f'facts.{name}')}: facts.{name}: there is a fact of this name "
                "already; give yours another one."
            )

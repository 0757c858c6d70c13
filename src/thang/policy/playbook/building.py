"""From plain values to the nouns of the playbook; rules are read with all facts in mind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thang.model import WrongPolicy
from thang.policy.draft import Draft, wrong
from thang.policy.nearest import hint
from thang.policy.playbook.facts import Fact, What
from thang.policy.playbook.nouns import Article, Step, Strategy, Success, Template, Words
from thang.policy.rules import RuleError, parse
from thang.policy.schema import Expr
from thang.policy.tree import Scalar
from thang.policy.where import where_of

MARKETING = "marketing"


def own_fact(name: str, values: Mapping[str, Any], forms: Collection[str]) -> Fact:
    """A fact of the shop's own; what it counts its first key says."""
    form = next(form for form in forms if form in values)
    return Fact(
        name, What(form), f"The shop's own: {', '.join(values[form])}.", values[form],
        within_days=values.get("within"), where=where_of(values.get("where", {})),
    )  # fmt: skip


def templates(key: str, values: Mapping[str, Any]) -> Iterator[Template]:
    """The texts of a strategy's steps, each named by both."""
    for name, step in values["steps"].items():
        is_ad = step.get("purpose", MARKETING) == MARKETING
        yield Template(f"{key}.{name}", Words(**step["subject"]), Words(**step["body"]), is_ad)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Reads the rules of a draft, about these facts."""

    draft: Draft
    facts: Collection[str]

    def strategy(self, key: str, values: Mapping[str, Any]) -> Strategy:
        """One strategy with its rules."""
        path = f"strategies.{key}"
        name = values.get("id", "")
        return Strategy(
            key=key,
            id=name,
            article=_article(name),
            quote=values.get("quote", ""),
            instructed=values.get("instructed", True),
            levels=values.get("levels", ()),
            lifts_to=values.get("lifts_to"),
            group=values.get("group"),
            stages=values.get("stages", ()),
            scope=values.get("scope", "person"),
            trigger=self.rule(f"{path}.trigger"),
            steps=tuple(self._step(key, n, v) for n, v in values["steps"].items()),
            success=Success(self.rule(f"{path}.success.when"), values["success"]["within"]),
            metric=values["metric"],
            cost=values.get("cost", 0),
            cooldown_days=values["cooldown"],
            on=values.get("enabled", True),
            needs_gate=values.get("needs_gate", False),
            owed=values.get("owed", False),
            name=Words(**values["name"]),
        )

    def _step(self, key: str, name: str, values: Mapping[str, Any]) -> Step:
        path = f"strategies.{key}.steps.{name}.only_if"
        return Step(
            key=name,
            wait_days=values.get("wait", 0),
            channels=values["channels"],
            template=f"{key}.{name}",
            purpose=values.get("purpose", MARKETING),
            only_if=self.rule(path) if "only_if" in values else None,
        )

    def rule(self, path: str) -> Expr:
        """The rule at a path; WrongPolicy on the line where it goes wrong."""
        node = self.draft.find(path)
        if not isinstance(node, Scalar):
            raise self.draft.wrong(path, "expected a rule")
        try:
            return parse(node.text, self.facts, ())
        except RuleError as error:
            raise self._refused(node, path, error) from None

    def _refused(self, node: Scalar, path: str, error: RuleError) -> WrongPolicy:
        spot = node.spot_at(error.column)
        sort, _, name = error.missing.partition(".")
        if sort == "quantities":
            return wrong(spot, path, f"{name[:60]} is no fact{hint(name, self.facts)}")
        if sort == "levels":
            return wrong(
                spot, path, f"{name[:60]}.enter is a rule of the policy; ask is_{name[:60]} or "
                f"holds_{name[:60]} here",
            )  # fmt: skip
        return wrong(spot, path, error.message)


def _article(name: str) -> Article:
    return "A" if name.startswith("A") else "B" if name.startswith("B") else ""

"""Groups: who is willing, forgiving, viral, valuable, profitable; how sure; whom to court now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from thang.policy.aims import GROUPS
from thang.web.office import Office, office_of
from thang.web.page import render, url
from thang.web.viewer import Viewer, reader
from thang.web.words.groups import NAMES, PRIORS, TRAITS, WHO
from thang.workspace.freshness import State
from thang.workspace.grouped import Group, Grouped, Prior
from thang.workspace.staged import Staged

router = APIRouter(include_in_schema=False)
SHOWN = 3  # people of a short list
RATES = ("voice", "bring")
VIRAL = GROUPS.index("viral")


@dataclass(frozen=True)
class Face:
    """One person of a short list."""

    title: str
    href: str
    score: float


@dataclass(frozen=True)
class Card:
    """One group as the page shows it."""

    group: Group
    name: str
    who: str
    trait: str
    focus: bool
    held: bool  # the viral ones while the gate is closed
    best: tuple[Face, ...]
    href: str

    @property
    def is_money(self) -> bool:
        """Whether its border is money."""
        return self.group.key in GROUPS[3:]

    @property
    def is_share(self) -> bool:
        """Whether its border is a share."""
        return self.group.key in GROUPS[:2]


@dataclass(frozen=True)
class GroupsPage:
    """Everything the page shows; `stage` as far as it is told."""

    told: Grouped
    cards: tuple[Card, ...]
    stage: Staged | None

    @property
    def focus(self) -> Card | None:
        """The group that the stage courts."""
        return None if self.told.focus is None else self.cards[self.told.focus]

    @property
    def priors(self) -> tuple[tuple[str, Prior, float], ...]:
        """What each score starts from: its words, the prior, its mean."""
        found = [prior for group in self.told.groups for prior in group.priors]
        return tuple((PRIORS[prior.name], prior, _mean(prior)) for prior in found)

    def is_rate(self, prior: Prior) -> bool:
        """Whether a prior is of a rate, not of a share."""
        return prior.name in RATES


def _mean(prior: Prior) -> float:
    return prior.a / prior.b if prior.name in RATES else prior.a / (prior.a + prior.b)


@router.get("/groups")
def groups(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """The five groups, as last judged."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    return render(request, viewer, "groups.html", groups_page(office))


def groups_page(office: Office) -> GroupsPage | None:
    """The page's context; None while nobody is judged."""
    found, stage = office.shop.groups(), office.shop.stage().told
    told = found.told
    if told is None:
        return None
    shown = [best[:SHOWN] for best in found.best]
    titles = office.shop.titles([one.ref for best in shown for one in best])
    closed = stage is not None and not stage.gate.opened
    cards = tuple(
        Card(
            group, NAMES[group.key], WHO[group.key], TRAITS[group.key], i == told.focus,
            i == VIRAL and closed,
            tuple(Face(titles[one.ref], f"/customers/{one.ref}", one.score) for one in shown[i]),
            url("/customers", group=group.key),
        )
        for i, group in enumerate(told.groups)
    )  # fmt: skip
    return GroupsPage(told, cards, stage)

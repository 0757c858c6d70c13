"""The strategies of the shop: a list that says of each what it does now, and each one closely."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Role
from thang.policy.expressions import to_text
from thang.policy.playbook.nouns import Strategy
from thang.web.charts.intervals import Interval, Scale
from thang.web.office import Office, office_of
from thang.web.page import render, url
from thang.web.viewer import Viewer, marketer, reader
from thang.web.words import strategies as words
from thang.web.words.catalogue import noted
from thang.web.words.groups import NAMES as GROUPS
from thang.web.words.sentences import in_words
from thang.workspace.campaigns import Campaign, CampaignDetail
from thang.workspace.freshness import State
from thang.workspace.strategizing import Closer

router = APIRouter(include_in_schema=False)

STANDINGS = (
    ("", noted("Any standing")),
    ("on", noted("may meet people now")),
    ("met", noted("has met somebody")),
    *words.WHY_NOT.items(),
)
Word = Annotated[str, Query(max_length=60)]
Key = Annotated[str, Path(max_length=80)]
Marketer = Annotated[Viewer, Depends(marketer)]


@dataclass(frozen=True)
class AskedCampaigns:
    """Which strategies, out of the address; the empty text is no filter."""

    article: str = ""
    level: str = ""
    group: str = ""
    standing: str = ""
    text: str = ""

    def admits(self, one: Campaign, locale: str) -> bool:
        """Whether a strategy is asked for."""
        of = one.strategy
        return (
            self.article in ("", of.article or "own")
            and (not self.level or self.level in of.levels or self.level == of.lifts_to)
            and self.group in ("", of.group)
            and self._stands(one)
            and self.text.lower() in _searched(of, locale)
        )

    def _stands(self, one: Campaign) -> bool:
        if self.standing == "on":
            return not one.why_not
        if self.standing == "met":
            return one.people > 0
        return self.standing in ("", one.why_not)


def _searched(of: Strategy, locale: str) -> str:
    name = of.name.en if locale == "en" else of.name.vi
    return f"{of.id} {of.key} {name} {of.quote}".lower()


@dataclass(frozen=True)
class CampaignsPage:
    """The list, its filters, and how many stand how."""

    asked: AskedCampaigns
    rows: tuple[Campaign, ...]
    every: int
    counts: Counter[str]
    last_run: int | None
    levels: tuple[str, ...]
    may_steer: bool

    words = words
    groups = GROUPS
    standings = STANDINGS

    def to(self, **other: Any) -> str:
        """The address of this list with something else in it."""
        asked = self.asked
        here = {
            "article": asked.article, "level": asked.level, "group": asked.group,
            "standing": asked.standing, "q": asked.text,
        }  # fmt: skip
        return url("/campaigns", **{**here, **other})


@router.get("/campaigns")
def campaigns(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    article: Word = "",
    level: Word = "",
    group: Word = "",
    standing: Word = "",
    q: Word = "",
) -> Response:
    """All strategies, or those that are asked for."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    asked = AskedCampaigns(article, level, group, standing, q.strip())
    found = office.shop.campaigns()
    counts = Counter(one.why_not or "on" for one in found)
    counts.update(["met"] * sum(one.people > 0 for one in found))
    page = CampaignsPage(
        asked, tuple(one for one in found if asked.admits(one, viewer.locale)), len(found), counts,
        office.shop.last_run(), _levels(office), may_steer(viewer),
    )  # fmt: skip
    return render(request, viewer, "campaigns.html", page, fragment="rows")


@dataclass(frozen=True)
class CampaignPage:
    """One strategy with everything that is known of it."""

    found: CampaignDetail
    closer: Closer
    trigger: str
    success: str
    reader: str
    titles: dict[str, str]  # of whom it met, by reference
    levels: tuple[str, ...]
    may_steer: bool

    words = words
    groups = GROUPS

    @property
    def campaign(self) -> Campaign:
        """The strategy with what became of it."""
        return self.found.campaign

    @property
    def added(self) -> Interval | None:
        """What it adds, in people of a hundred."""
        told = self.campaign.added
        if told is None or not told.known:
            return None
        return Interval(100 * told.low, 100 * told.estimate, 100 * told.high)

    @property
    def scale(self) -> Scale:
        """Of the one interval."""
        return Scale.of([self.added])


@router.get("/campaigns/{key}")
def campaign(
    request: Request, viewer: Annotated[Viewer, Depends(reader)], key: Key, reader: Word = ""
) -> Response:
    """One strategy: its rule, its words, its people, and what it added."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    found = office.shop.campaign(key)
    strategy = found.campaign.strategy
    closer = in_speech(
        office.shop.closer(strategy, office.shop.playbook(), viewer.locale, reader.strip()), viewer
    )
    page = CampaignPage(
        found, closer, to_text(strategy.trigger), to_text(strategy.success.rule), reader,
        office.shop.titles([one.ref for one in found.latest]), _levels(office), may_steer(viewer),
    )  # fmt: skip
    return render(request, viewer, "campaign.html", page)


@router.post("/campaigns/{key}/switch")
def switch(
    request: Request, viewer: Marketer, key: Key, on: Annotated[str, Form(max_length=3)] = ""
) -> Response:
    """Switch a strategy on or off in the shop's playbook."""
    office_of(request).shop.switch_strategy(key, on=on == "yes")
    return _done(request, viewer, key, "strategy switched on" if on == "yes" else
                 "strategy switched off")  # fmt: skip


@router.post("/campaigns/{key}/pause")
def pause(request: Request, viewer: Marketer, key: Key) -> Response:
    """Stop a strategy at once, whatever it planned."""
    office_of(request).shop.pause_strategy(key, "")
    return _done(request, viewer, key, "strategy paused")


@router.post("/campaigns/{key}/resume")
def resume(request: Request, viewer: Marketer, key: Key) -> Response:
    """Let a paused strategy go on."""
    office_of(request).shop.resume_strategy(key, "")
    return _done(request, viewer, key, "strategy resumed")


def _done(request: Request, viewer: Viewer, key: str, action: str) -> Response:
    office = office_of(request)
    office.desk.audit.note(viewer.id, action, key, office.now())
    return RedirectResponse(f"/campaigns/{key}", 303)


def in_speech(closer: Closer, viewer: Viewer) -> Closer:
    """The same, with what is wrong about its steps in the viewer's language."""
    steps = tuple(
        replace(one, wrong=in_words(one.wrong, viewer.locale)) if one.wrong else one
        for one in closer.steps
    )
    return replace(closer, steps=steps)


def _levels(office: Office) -> tuple[str, ...]:
    return tuple(level.key for level in office.shop.folder.policy().levels)


def may_steer(viewer: Viewer) -> bool:
    """Whether somebody may switch, pause and write strategies."""
    return viewer.role in (Role.OWNER, Role.MARKETER)

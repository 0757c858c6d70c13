"""A strategy in three steps: whom and when, what to say, what counts; written or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.model import ThangError
from thang.policy.playbook.fact import Fact
from thang.policy.playbook.merge_fields import DETAILS, FIELDS
from thang.policy.playbook.nouns import CHANNELS, Playbook
from thang.web.office import Office, office_of
from thang.web.page import render
from thang.web.pages.campaigns import in_speech
from thang.web.pages.strategy_sketch import (
    MOST_STEPS,
    Sketch,
    differing,
    sketch_in,
    sketch_of,
)
from thang.web.viewer import Viewer, marketer
from thang.web.words import strategies as words
from thang.web.words.catalogue import noted, say
from thang.web.words.sentences import in_words
from thang.workspace.strategizing import Closer

router = APIRouter(include_in_schema=False)

PAGES = 3
STEP_FIELDS = {"channels": "channel"}  # where a form's field has another name
LAST_FIELDS = ("metric", "cost")
SPOT = re.compile(r"^.*?: strategies\.[a-z0-9_]+\.(?P<path>[a-z0-9_.]+): (?P<why>.*)$", re.DOTALL)
NAME_IT = noted("Give it a name, so that others know it by.")
SAY_WHEN = noted("Say when it begins: a rule such as days_since_order >= 60.")
SAY_WHAT = noted("Say something: every step needs a subject and a text.")
Marketer = Annotated[Viewer, Depends(marketer)]
Key = Annotated[str, Path(max_length=80)]


@dataclass(frozen=True)
class Mistake:
    """What is wrong, in the viewer's words; `field` is where, `at` on which page."""

    why: str
    field: str = ""
    at: int = 1


@dataclass(frozen=True)
class StrategyPage:
    """Everything the page shows: one of its three, what is typed, and what is thought of it."""

    at: int
    sketch: Sketch
    levels: tuple[str, ...]
    facts: tuple[Fact, ...]
    closer: Closer | None
    mistake: Mistake | None

    words = words
    channels = CHANNELS
    fields = (*FIELDS.items(), *((f"shop.{name}", says) for name, says in DETAILS.items()))
    most = MOST_STEPS

    def wrong(self, field: str) -> str:
        """What is wrong about a field; empty if nothing is."""
        return self.mistake.why if self.mistake and self.mistake.field == field else ""


@dataclass(frozen=True)
class Posted:
    """What a form sent: on which page it was, and where it wants to go."""

    sketch: Sketch
    at: int
    go: str


async def posted(request: Request) -> Posted:
    """The form of the three pages."""
    form = await request.form()
    at, go = (str(form.get(name, "")) for name in ("at", "go"))
    return Posted(sketch_in(form), int(at) if at in ("1", "2", "3") else 1, go)


@router.get("/campaigns/new")
def new(
    request: Request, viewer: Marketer, like: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """The first page, empty or like another strategy."""
    office = office_of(request)
    if not like:
        return _page(request, viewer, Sketch(), 1)
    strategy = office.shop.campaign(like).campaign.strategy
    return _page(request, viewer, sketch_of(strategy, office.shop.playbook(), copy=True), 1)


@router.get("/campaigns/{key}/change")
def change(request: Request, viewer: Marketer, key: Key) -> Response:
    """The first page, as a strategy is."""
    office = office_of(request)
    strategy = office.shop.campaign(key).campaign.strategy
    return _page(request, viewer, sketch_of(strategy, office.shop.playbook()), 1)


@router.post("/campaigns/new")
def write(request: Request, viewer: Marketer, sent: Annotated[Posted, Depends(posted)]) -> Response:
    """On to another page, once this one is right; back at any time; written down at the end."""
    sketch, at, go = sent.sketch, sent.at, sent.go
    if go == "add":
        return _page(request, viewer, sketch.with_step(), 2)
    if go.startswith("drop_") and go[5:].isdigit():
        return _page(request, viewer, sketch.without_step(int(go[5:]) - 1), 2)
    if go in ("1", "2", "3") and int(go) < at:
        return _page(request, viewer, sketch, int(go))
    mistake = _wrong(office_of(request), viewer, sketch, at)
    if mistake is not None or go not in ("2", "3", "save"):
        return _page(request, viewer, sketch, mistake.at if mistake and go else at, mistake)
    if go == "save":
        return _saved(request, viewer, sketch)
    return _page(request, viewer, sketch, int(go))


def _page(
    request: Request, viewer: Viewer, sketch: Sketch, at: int, mistake: Mistake | None = None
) -> Response:
    office = office_of(request)
    closer, here = None, mistake
    if here is None and (at > 1 or sketch.trigger):
        here = _wrong(office, viewer, sketch, at, blank_is_wrong=False)
    if here is None and sketch.trigger and (at > 1 or sketch.name_vi):
        closer = _closer(office, viewer, sketch, at)
    playbook = office.shop.playbook()
    facts = tuple(sorted(playbook.facts.values(), key=lambda one: one.name))
    levels = tuple(level.key for level in office.shop.folder.policy().levels)
    page = StrategyPage(at, sketch, levels, facts, closer, here)
    status = 422 if mistake is not None else 200
    return render(request, viewer, "strategy_new.html", page, fragment="check", status=status)


def _wrong(
    office: Office, viewer: Viewer, sketch: Sketch, at: int, *, blank_is_wrong: bool = True
) -> Mistake | None:
    """What is wrong on the pages up to this one."""
    blank = _blank(sketch, at)
    if blank is not None:
        why, field, page = blank
        return Mistake(say(viewer.locale, why), field, page) if blank_is_wrong else None
    try:
        _proposed(office, sketch, at)
    except ThangError as error:
        return _mistake(in_words(str(error), viewer.locale), sketch, at)
    return None


def _blank(sketch: Sketch, at: int) -> tuple[str, str, int] | None:
    if not sketch.name_vi:
        return NAME_IT, "name_vi", 1
    if not sketch.trigger:
        return SAY_WHEN, "trigger", 1
    if at >= 2:
        for n, one in enumerate(sketch.steps, 1):
            for name in ("subject_vi", "body_vi"):
                if not getattr(one, name):
                    return SAY_WHAT, f"{name}_{n}", 2
    return None


def _proposed(office: Office, sketch: Sketch, at: int) -> tuple[Playbook, str]:
    """The playbook with what is typed so far under a key of its own; what is changed is tried
    so too, beside the one that it will take the place of.
    """
    taken = {one.key for one in office.shop.playbook().strategies}
    key = sketch.key(taken)
    return office.shop.proposed(key, sketch.data(at)), key


def _closer(office: Office, viewer: Viewer, sketch: Sketch, at: int) -> Closer | None:
    """Whom it would fit, and its words as far as they are written."""
    is_blank = _blank(sketch, at) is not None
    try:
        book, key = _proposed(office, sketch, 1 if is_blank else at)
        strategy = next(one for one in book.strategies if one.key == key)
        closer = in_speech(office.shop.closer(strategy, book, viewer.locale), viewer)
    except ThangError:
        return None
    return replace(closer, steps=()) if is_blank or at == 1 else closer


def _mistake(why: str, sketch: Sketch, at: int) -> Mistake:
    """Where on the form a refusal belongs, without the line of a text that nobody has seen."""
    found = SPOT.match(why)
    if found is None:
        return Mistake(why, "", at)
    path = found["path"].split(".")
    field, page = _field(path, sketch)
    return Mistake(found["why"], field, page)


def _field(path: list[str], sketch: Sketch) -> tuple[str, int]:
    match path:
        case ["steps", key, *rest] if key in sketch.keys:
            name = STEP_FIELDS.get(rest[0], "_".join(rest)) if rest else "channel"
            return f"{name}_{sketch.keys.index(key) + 1}", 2
        case ["name", language]:
            return f"name_{language}", 1
        case ["success", part]:
            return {"when": "success"}.get(part, part), 3
    return path[0], 3 if path[0] in LAST_FIELDS else 1


def _saved(request: Request, viewer: Viewer, sketch: Sketch) -> Response:
    office = office_of(request)
    try:
        key = _kept(office, sketch)
    except ThangError as error:
        mistake = _mistake(in_words(str(error), viewer.locale), sketch, PAGES)
        return _page(request, viewer, sketch, mistake.at, mistake)
    action = "strategy changed" if sketch.of else "strategy written"
    office.desk.audit.note(viewer.id, action, key, office.now())
    return RedirectResponse(f"/campaigns/{key}", 303)


def _kept(office: Office, sketch: Sketch) -> str:
    book = office.shop.playbook()
    if not sketch.of:
        key = sketch.key({one.key for one in book.strategies})
        office.shop.add_strategy(key, sketch.data())
        return key
    before = sketch_of(office.shop.campaign(sketch.of).campaign.strategy, book)
    values: dict[tuple[str, ...], Any] = differing(before.data(), sketch.data())
    if values:
        office.shop.change_strategy(sketch.of, values)
    return sketch.of

"""Strategies as JSON: what each says, what became of it, and steering it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from thang.web.access.once import once
from thang.web.office import office_of
from thang.web.viewer import Viewer, marketer, reader
from thang.workspace.campaigns import Campaign
from thang.workspace.playbook import listed, one_of

router = APIRouter(prefix="/api/campaigns", tags=["strategies"])
Key = Annotated[str, Path(max_length=80)]
Marketer = Annotated[Viewer, Depends(marketer)]


class Switched(BaseModel):
    """Whether a strategy is done at all."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool


class Paused(BaseModel):
    """Whether a strategy rests."""

    model_config = ConfigDict(extra="forbid")

    paused: bool


class Written(BaseModel):
    """A strategy of the shop's own, in the words of playbook.yaml."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    strategy: dict[str, Any]


@router.get("", dependencies=[Depends(reader)])
def campaigns(request: Request) -> dict[str, Any]:
    """Every strategy with what became of it, in the order of the playbook."""
    shop = office_of(request).shop
    return {"last_run": shop.last_run(), "campaigns": [_told(one) for one in shop.campaigns()]}


@router.get("/next", dependencies=[Depends(reader)])
def following(request: Request) -> dict[str, Any]:
    """What would bring the most today, for how many people, and on what belief."""
    found = office_of(request).shop.next_best()
    return {"next": [
        {
            "key": one.strategy.key, "people": one.people, "uplift": one.uplift,
            "measured": one.measured, "brings": round(one.brings), "share": one.share,
        }
        for one in found
    ]}  # fmt: skip


@router.post("", response_model=None)
def write(request: Request, viewer: Marketer, written: Written) -> Response:
    """Write a strategy into the shop's own playbook; 422 with line and key where it is wrong."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        office.shop.add_strategy(written.key, written.strategy)
        office.desk.audit.note(viewer.id, "strategy written", written.key, office.now())
        return _told(office.shop.campaign(written.key).campaign)

    return once(request, viewer, written.model_dump(), work, status=201)


@router.get("/{key}", dependencies=[Depends(reader)])
def campaign(request: Request, key: Key) -> dict[str, Any]:
    """One strategy as the playbook says it, what became of it, and the latest whom it met."""
    shop = office_of(request).shop
    found = shop.campaign(key)
    said = one_of(listed(shop.playbook()), found.campaign.strategy.key).strategies[0]
    latest = [asdict(one) for one in found.latest]
    return _told(found.campaign) | {"strategy": msgspec.to_builtins(said), "latest": latest}


@router.post("/{key}/switch", response_model=None)
def switch(request: Request, viewer: Marketer, key: Key, switched: Switched) -> Response:
    """Switch a strategy on or off in the shop's playbook."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        office.shop.switch_strategy(key, on=switched.enabled)
        action = "strategy switched on" if switched.enabled else "strategy switched off"
        office.desk.audit.note(viewer.id, action, key, office.now())
        return _told(office.shop.campaign(key).campaign)

    return once(request, viewer, {"key": key} | switched.model_dump(), work)


@router.post("/{key}/pause", response_model=None)
def pause(request: Request, viewer: Marketer, key: Key, paused: Paused) -> Response:
    """Stop a strategy at once, or let it go on."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        if paused.paused:
            office.shop.pause_strategy(key, "")
        else:
            office.shop.resume_strategy(key, "")
        action = "strategy paused" if paused.paused else "strategy resumed"
        office.desk.audit.note(viewer.id, action, key, office.now())
        return _told(office.shop.campaign(key).campaign)

    return once(request, viewer, {"key": key} | paused.model_dump(), work)


def _told(one: Campaign) -> dict[str, Any]:
    added = one.added
    return {
        "key": one.strategy.key, "id": one.strategy.id, "enabled": one.strategy.on,
        "name": asdict(one.strategy.name), "why_not": one.why_not or None, "people": one.people,
        "running": one.running, "arms": [asdict(arm) for arm in one.met],
        "messages": dict(one.messages), "last": one.last, "verdict": one.verdict,
        "added": {"estimate": added.estimate, "low": added.low, "high": added.high}
        if added is not None and added.known else None,
    }  # fmt: skip

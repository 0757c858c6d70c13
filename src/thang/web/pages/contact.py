"""The part of a customer's page that says where they may be written to, and takes their word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.river.sending.nouns import EVERY, Consent
from thang.web.office import Office, office_of
from thang.web.viewer import Viewer, marketer
from thang.web.words.sending import CHANNELS, PURPOSES, WHY
from thang.workspace.consents import PERSONAL, Right, Word

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(min_length=3, max_length=200)]
Words = Annotated[str, Form(max_length=1000)]
SHOWN = 8  # words on consent


@dataclass(frozen=True)
class ContactPart:
    """Each channel with its rights, in the order of `PURPOSES`; the latest words on consent."""

    rows: tuple[tuple[str, tuple[Right, ...]], ...]
    words: tuple[Consent, ...]
    may_say: bool

    channels = PERSONAL
    names = CHANNELS
    purposes = PURPOSES
    why = WHY


def contact_part(office: Office, viewer: Viewer, person: str) -> ContactPart:
    """What the customer's page shows of it."""
    found = office.shop.rights(person)
    rows = tuple((key, tuple(r for r in found.rights if r.channel == key)) for key in PERSONAL)
    return ContactPart(rows, found.words[:SHOWN], viewer.role != "viewer")


@router.post("/customers/{person}/consent")
def say(
    request: Request, viewer: Annotated[Viewer, Depends(marketer)], person: Ref,
    state: Words = "", channel: Words = "", purpose: Words = "", wording: Words = "",
    proof: Words = "", frequency: Words = "",
) -> Response:  # fmt: skip
    """Write down what a customer said to being written to; noted in the audit list."""
    office = office_of(request)
    chosen = EVERY if channel == "every" else channel
    office.shop.say_consent(
        person, Word(chosen, purpose, state, wording, proof, frequency), viewer.id
    )
    told = f"{person} {state} {channel} {purpose}"
    office.desk.audit.note(viewer.id, "consent noted", told, office.now())
    return RedirectResponse(f"/customers/{person}#contact", 303)

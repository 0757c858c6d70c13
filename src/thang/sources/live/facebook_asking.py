"""What is asked of the Graph API: a lead by its number, a form's leads, a live video's comments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from thang.sources.live.contract import (
    Answer,
    Ask,
    Detail,
    Feed,
    Own,
    Page,
    Payload,
    Trouble,
    TroubleError,
    Wanted,
)
from thang.sources.live.reading import answered, each, inner, mapping, word

LIVE = "live"
VERSION = "v25.0"
QUIET = 40  # looks at a live video without a new comment before it is taken to have ended
LOOK = 15  # seconds between two looks
LEAD_FIELDS = "created_time,ad_id,form_id,field_data"
COMMENT_FIELDS = "id,message,created_time,from{id,name}"
BUSY = frozenset({4, 17, 32, 613, 80001, 80005, 80006})
USAGE = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
ALMOST = 75  # percent of the platform's measure from which we hold back
HELD_BACK = 300  # seconds


def graph(answer: Answer) -> Any:
    """An answer's JSON; the platform says in its body what is wrong."""
    try:
        return answered(answer)
    except TroubleError as error:
        code = inner(_body(answer), "error", "code")
        if code in BUSY:
            raise TroubleError(Trouble.BUSY, error.wait or HELD_BACK) from None
        if code in (1, 2):
            raise TroubleError(Trouble.DOWN) from None
        if code == 190:
            raise TroubleError(Trouble.EXPIRED) from None
        raise


def _body(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def held_back(answer: Answer) -> int:
    """Seconds to rest, since the platform's measure is almost full; 0: go on."""
    full = max((_largest(answer.headers.get(name, "")) for name in USAGE), default=0)
    return HELD_BACK if full >= ALMOST else 0


def _largest(text: str) -> float:
    try:
        return _most(json.loads(text)) if text else 0
    except (ValueError, RecursionError):
        return 0


def _most(of: Any) -> float:
    if isinstance(of, Mapping):
        measured = [v for k, v in of.items() if k in ("call_count", "total_time", "total_cputime")]
        inside = [_most(v) for v in of.values()]
        return max([*(v for v in measured if isinstance(v, int | float)), *inside], default=0)
    return max(map(_most, of), default=0) if isinstance(of, list) else 0


def _ask(own: Own, path: str, *query: tuple[str, str]) -> Ask:
    headers = {"authorization": f"Bearer {own['token']}"}
    return Ask(f"/{own['version'] or VERSION}/{path}", query, headers)


def _ask_lead(refs: tuple[str, ...], own: Own, _now: int) -> Ask:
    return _ask(own, refs[0], ("fields", LEAD_FIELDS))


def _read_lead(answer: Answer, refs: tuple[str, ...], _own: Own) -> Page:
    said = graph(answer)
    if word(said, "id") != refs[0]:
        raise TroubleError(Trouble.STRANGE)
    return Page((Payload("lead", answer.body),))


def _ask_live(refs: tuple[str, ...], own: Own, _now: int) -> Ask:
    """`id`, `id|cursor|quiet`: where the last look ended, and how many found nothing since."""
    live, after, _ = (refs[0] + "||").split("|")[:3]
    query = [("fields", COMMENT_FIELDS), ("order", "chronological"), ("limit", "100")]
    return _ask(own, f"{live}/comments", *query, *([("after", after)] if after else []))


def _read_live(answer: Answer, refs: tuple[str, ...], _own: Own) -> Page:
    live, after, quiet = (refs[0] + "||").split("|")[:3]
    said = graph(answer)
    some = any(True for _ in each(said, "data"))
    looks = 0 if some else int(quiet or 0) + 1
    last = word(said, "paging", "cursors", "after") or after
    more = bool(mapping(said, "paging").get("next"))
    again = Wanted(LIVE, f"{live}|{last}|{looks}", 0 if more else LOOK)
    told = (Payload(f"{LIVE}:{live}", answer.body),) if some else ()
    return Page(told, (again,) if looks < QUIET else ())


def _ask_leads(cursor: str, own: Own, _now: int) -> Ask:
    """Forms one after another; the cursor is the form's place and where its list goes on."""
    place, _, after = cursor.partition("|")
    forms = own.listed("forms")
    form = forms[int(place or 0) % len(forms)]
    query = [("fields", f"id,{LEAD_FIELDS}"), ("limit", "100")]
    return _ask(own, f"{form}/leads", *query, *([("after", after)] if after else []))


def _read_leads(answer: Answer, cursor: str, own: Own, _now: int) -> Page:
    said = graph(answer)
    place = int(cursor.partition("|")[0] or 0) % len(own.listed("forms"))
    bodies = [json.dumps(one, ensure_ascii=False).encode() for one in each(said, "data")]
    after = word(said, "paging", "cursors", "after")
    on = bool(mapping(said, "paging").get("next")) and bool(after)
    follows = (place + 1) % len(own.listed("forms"))
    where = f"{place}|{after}" if on else f"{follows}|"
    told = tuple(Payload("lead", body) for body in bodies)
    return Page(told, (), where, more=on or follows > 0)


FEEDS = {"leads": Feed(_ask_leads, _read_leads, every=3_600, needs=("forms", "token"))}
DETAILS = {
    "lead": Detail(_ask_lead, _read_lead, needs=("token",)),
    LIVE: Detail(_ask_live, _read_live, needs=("token",)),
}

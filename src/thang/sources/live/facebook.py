"""A Facebook page: comments, reactions, shares, its inbox, lead forms and live videos.

A webhook carries many entries, each of one page; of a lead it tells only the number, and of a live
video only that it runs: those are asked for. Who acts is known by a number of that page alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from thang.model import Event, Flag, Identifier
from thang.sources.live.contract import Call, Facts, Own, Payload, Source, Told
from thang.sources.live.facebook_asking import DETAILS, FEEDS, LIVE, held_back
from thang.sources.live.facebook_settings import SETTINGS
from thang.sources.live.gathering import Gatherer, taken_apart
from thang.sources.live.people import lead_people
from thang.sources.live.reading import (
    UnfitError,
    each,
    inner,
    instant,
    mapping,
    of_seconds,
    prose,
    word,
)
from thang.sources.live.signing import hex_of, same

HOST = "https://graph.facebook.com"
POSTS = ("post", "status", "photo", "video", "album")
INTENT = "chốt"  # what buyers write under a live video


def verify(call: Call, own: Own) -> bool:
    """`X-Hub-Signature-256` over the very bytes: the platform escapes letters in its own way."""
    right = f"sha256={hex_of(own['app_secret'], call.body)}"
    return bool(own["app_secret"]) and same(call.headers.get("x-hub-signature-256", ""), right)


def hello(call: Call, token: str) -> str | None:
    """The challenge by which the platform asks once whether the address is ours."""
    asked = call.query.get("hub.challenge", "")
    right = same(call.query.get("hub.verify_token", ""), token)
    return asked if right and asked.isascii() and asked.isalnum() and len(asked) <= 200 else None


def opened(call: Call) -> Payload:
    """Calls have no number of their own: the things in them have."""
    return Payload("page", call.body)


def told(payload: Payload, own: Own, facts: Facts) -> Told:
    """A webhook's entries, a lead that was asked for, or comments of a live video."""
    look = {"lead": _lead, LIVE: _live_comments}.get(payload.topic.partition(":")[0], _webhook)
    return taken_apart(payload, facts, partial(look, own))


def _webhook(own: Own, said: Any, gatherer: Gatherer) -> None:
    if word(said, "object") != "page" or not isinstance(inner(said, "entry"), list):
        raise UnfitError("shape")
    for entry in each(said, "entry"):
        page = word(entry, "id")
        alone = partial(_entry_with, page, entry.get("time"))
        if page not in own.listed("page"):
            gatherer.take(entry, _of_nobody, lambda one: {"object": "page", "entry": [one]})
            continue
        for item in each(entry, "messaging"):
            read = partial(_message, page, gatherer.facts)
            gatherer.take(item, read, partial(alone, "messaging"))
        for change in each(entry, "changes"):
            gatherer.take(change, partial(_change, page, gatherer), partial(alone, "changes"))


def _entry_with(page: str, time: Any, key: str, item: Any) -> Any:
    return {"object": "page", "entry": [{"id": page, "time": time, key: [item]}]}


def _of_nobody(_: Any) -> Iterator[Event]:
    raise UnfitError("unknown_shop")


def _message(page: str, facts: Facts, item: Mapping[str, Any]) -> Iterator[Event]:
    """A letter of the inbox in either direction, a button, or a reaction to a letter."""
    sender, to = word(item, "sender", "id"), word(item, "recipient", "id")
    message, psid = mapping(item, "message"), f"psid:{page}"
    echo = bool(message.get("is_echo"))
    make = partial(Event, facts.source, identifiers=_name(psid, to if echo else sender))
    if word(message, "mid"):
        kind = "live_chat_message_received" if echo else "live_chat_message_sent"
        text = prose(message, "text")
        yield make(
            kind=kind, at=of_seconds(item, "timestamp", facts, milli=True),
            message_id=f"message:{word(message, 'mid')}",
            personal={"message_body": text} if text and not echo else {},
            properties={"channel": "messenger"},
        )  # fmt: skip
    elif mapping(item, "postback"):
        at = of_seconds(item, "timestamp", facts, milli=True)
        name = word(item, "postback", "mid") or f"{sender}:{at}"
        yield make(
            kind="live_chat_message_sent", at=at, message_id=f"postback:{name}",
            properties={"channel": "messenger", "postback": True},
        )  # fmt: skip
    elif word(item, "reaction", "mid") and word(item, "reaction", "action") == "react":
        at = of_seconds(item, "timestamp", facts, milli=True)
        yield make(
            kind="reaction_added", at=at, ref=word(item, "reaction", "mid"),
            message_id=f"reaction:{word(item, 'reaction', 'mid')}:{sender}:{at}",
            properties={"channel": "messenger"},
        )  # fmt: skip


def _name(namespace: str, value: str) -> tuple[Identifier, ...]:
    if not value:
        raise UnfitError("no_identifier")
    return (Identifier(namespace, value),)


def _change(page: str, gatherer: Gatherer, change: Mapping[str, Any]) -> Iterator[Event]:
    value, field = mapping(change, "value"), word(change, "field")
    if field == "leadgen":
        if not word(value, "leadgen_id"):
            raise UnfitError("shape")
        gatherer.want("lead", word(value, "leadgen_id"))
    elif field == "live_videos":
        if word(value, "id"):
            gatherer.want(LIVE, word(value, "id"))
    elif field == "feed":
        yield from _feed(page, gatherer.facts, value)


def _feed(page: str, facts: Facts, value: Mapping[str, Any]) -> Iterator[Event]:
    """What somebody did on the page; the page's own doings are none of a customer's."""
    who, item = word(value, "from", "id"), word(value, "item")
    if word(value, "verb") != "add" or who == page:
        return
    post, comment = word(value, "post_id"), word(value, "comment_id")
    at = of_seconds(value, "created_time", facts)
    kinds = {"comment": "comment_posted", "reaction": "reaction_added", "like": "reaction_added",
             "share": "post_shared", **dict.fromkeys(POSTS, "mention_posted")}  # fmt: skip
    if item not in kinds:
        return
    if not post and not comment:
        raise UnfitError("shape")
    own = comment if item == "comment" else f"{item}:{comment or post}:{who}:{at}"
    yield Event(
        facts.source, kinds[item], at, _known(page, who), message_id=f"feed:{own}",
        ref=post or comment, flags=Flag.PUBLIC if item == "share" else Flag(0),
        personal=_said(value) if who else {}, properties=_about(value, comment),
    )  # fmt: skip


def _known(page: str, who: str) -> tuple[Identifier, ...]:
    """Without a permission the platform names nobody: what they did still counts for the post."""
    return (Identifier(f"fb_user:{page}", who),) if who else ()


def _said(value: Mapping[str, Any]) -> dict[str, str]:
    found = {"name": word(value, "from", "name"), "message_body": prose(value, "message")}
    return {key: text for key, text in found.items() if text}


def _about(value: Mapping[str, Any], comment: str) -> dict[str, object]:
    found = {"comment_id": comment, "parent_id": word(value, "parent_id"),
             "reaction": word(value, "reaction_type"), "channel": "facebook"}  # fmt: skip
    return {key: text for key, text in found.items() if text}


def _lead(_own: Own, said: Any, gatherer: Gatherer) -> None:
    """A filled form."""
    gatherer.take(said, partial(_captured, gatherer.facts))


def _captured(facts: Facts, said: Mapping[str, Any]) -> Iterator[Event]:
    number = word(said, "id")
    if not number:
        raise UnfitError("shape")
    fields = {word(one, "name"): _first(one) for one in each(said, "field_data")}
    named = lead_people(fields, facts.region)
    about = {"form_id": word(said, "form_id"), "ad_id": word(said, "ad_id"), "channel": "facebook"}
    yield Event(
        facts.source, "lead_captured", instant(word(said, "created_time"), facts),
        named.who or (Identifier("fb_lead", number),), message_id=f"lead:{number}",
        ref=word(said, "form_id"), personal=named.personal,
        properties={key: text for key, text in about.items() if text},
    )  # fmt: skip


def _first(field: Mapping[str, Any]) -> str:
    values = field.get("values")
    return str(values[0]).strip()[:400] if isinstance(values, list) and values else ""


def _live_comments(own: Own, said: Any, gatherer: Gatherer) -> None:
    """Comments under a live video, as a list that was asked for."""
    live = gatherer.payload.topic.partition(":")[2]
    page = (own.listed("page") or ("",))[0]
    for one in each(said, "data"):
        read = partial(_live_comment, page, live, gatherer.facts)
        gatherer.take(one, read, lambda item: {"data": [item]})


def _live_comment(page: str, live: str, facts: Facts, one: Mapping[str, Any]) -> Iterator[Event]:
    at, text = instant(word(one, "created_time"), facts), prose(one, "message")
    who, number = word(one, "from", "id"), word(one, "id")
    if who == page:
        return
    if not number:
        raise UnfitError("shape")
    make = partial(Event, facts.source, at=at, identifiers=_known(page, who), ref=live)
    yield make(
        kind="live_comment_posted", message_id=f"live:{number}", personal=_said(one) if who else {},
        properties={"channel": "facebook"},
    )  # fmt: skip
    if INTENT in text.casefold():
        yield make(kind="live_order_intent", message_id=f"live:{number}:intent")


FACEBOOK = Source(
    key="facebook", name="Facebook page", host=HOST, settings=SETTINGS, verify=verify,
    opened=opened, map=told, feeds=FEEDS, details=DETAILS, hello=hello,
    rest=held_back,
    unverified=(
        "The shape of a filled lead form (`field_data`) is known from others' accounts.",
        "That `from.id` of the feed is a number of this page alone is assumed: it is never joined "
        "with Messenger's numbers by itself.",
    ),
)  # fmt: skip

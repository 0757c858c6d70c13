"""A day of an invented Facebook page: what people write, like, share and ask, call by call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

PAGE = "1060000000012"
POST, LIVE, FORM, LEAD = f"{PAGE}_900", "880000000001", "770000000001", "660000000001"
# Nobody: numbers of the page alone, and names that are plainly made up.
PEOPLE = (("550000000001", "Khách Thử Một"), ("550000000002", "Khách Thử Hai"),
          ("550000000003", "Khách Thử Ba"))  # fmt: skip


def calls(at: int) -> Iterator[dict[str, Any]]:
    """The calls of a day that begins at an instant in seconds, as the platform words them."""
    one, two, three = PEOPLE
    yield _entry(at, messaging=[_message(one[0], at + 5, "m_1", "Áo này còn size M không shop?")])
    yield _entry(at, messaging=[_echo(one[0], at + 40, "m_2", "Dạ còn ạ, mình lấy màu nào?")])
    yield _entry(
        at, messaging=[_message(one[0], at + 70, "m_3", "Màu đen nha"),
                       _message(two[0], at + 75, "m_4", "Shop ơi ship bao lâu?")],
    )  # fmt: skip
    yield _entry(at, changes=[_comment(two, at + 90, "900_31", "Đẹp quá, chốt 1 cái")])
    yield _entry(at, changes=[_comment(three, at + 95, "900_32", "Giá bao nhiêu vậy ạ?")])
    yield _entry(at, changes=[_feed("reaction", three, at + 99, reaction_type="love")])
    yield _entry(at, changes=[_feed("share", one, at + 120, share_id="s_1")])
    yield _entry(at, changes=[_feed("comment", None, at + 130, comment_id="900_33", message="👍")])
    yield _entry(at, messaging=[_button(two[0], at + 140, "m_5", "Xem bảng size")])
    yield _entry(at, messaging=[{**_between(one[0], at + 150), "read": {"watermark": at * 1000}}])
    yield _entry(at, changes=[{"field": "leadgen", "value": _lead_value(at + 160)}])
    yield _entry(at, changes=[{"field": "live_videos", "value": {"id": LIVE, "status": "live"}}])


def lead(at: int) -> dict[str, Any]:
    """The filled form that one of the calls only names."""
    fields = [{"name": "full_name", "values": ["Khách Thử Bốn"]},
              {"name": "phone_number", "values": ["+84900000004"]}]  # fmt: skip
    return {"id": LEAD, "created_time": _text(at + 160), "form_id": FORM, "ad_id": "1",
            "field_data": fields}  # fmt: skip


def live_comments(at: int) -> list[dict[str, Any]]:
    """What is written under the live video."""
    texts = ("Chào shop", "chốt áo đen size M", "Bao nhiêu tiền ạ?")
    return [
        {"id": f"{LIVE}_{n}", "message": text, "created_time": _text(at + 200 + n),
         "from": {"id": who[0], "name": who[1]}}
        for n, (text, who) in enumerate(zip(texts, PEOPLE, strict=True))
    ]  # fmt: skip


def _entry(at: int, **items: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, "time": at, **items}]}


def _between(who: str, at: int) -> dict[str, Any]:
    return {"sender": {"id": who}, "recipient": {"id": PAGE}, "timestamp": at * 1000}


def _message(who: str, at: int, mid: str, text: str) -> dict[str, Any]:
    return {**_between(who, at), "message": {"mid": mid, "text": text}}


def _echo(to: str, at: int, mid: str, text: str) -> dict[str, Any]:
    told = {"sender": {"id": PAGE}, "recipient": {"id": to}, "timestamp": at * 1000}
    return {**told, "message": {"mid": mid, "text": text, "is_echo": True, "app_id": 1}}


def _button(who: str, at: int, mid: str, title: str) -> dict[str, Any]:
    return {**_between(who, at), "postback": {"mid": mid, "title": title, "payload": "SIZE"}}


def _comment(who: tuple[str, str], at: int, number: str, text: str) -> dict[str, Any]:
    return _feed("comment", who, at, comment_id=number, parent_id=POST, message=text)


def _feed(item: str, who: tuple[str, str] | None, at: int, **more: Any) -> dict[str, Any]:
    value = {"item": item, "verb": "add", "post_id": POST, "created_time": at, **more}
    if who is not None:
        value["from"] = {"id": who[0], "name": who[1]}
    return {"field": "feed", "value": value}


def _lead_value(at: int) -> dict[str, Any]:
    return {"leadgen_id": LEAD, "form_id": FORM, "page_id": PAGE, "created_time": at}


def _text(at: int) -> str:

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")

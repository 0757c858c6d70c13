"""The one question by hand: a table of single reasons, and what it says of waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.model import DAY, SECOND
from thang.policy.contact import Contact
from thang.river.calendar import instant
from thang.river.sending.law import FOREVER, Law, may_send
from thang.river.sending.nouns import (
    Address,
    Allowed,
    Consent,
    Known,
    Touch,
    Why,
    Window,
    Wish,
    Withheld,
)

TZ = "Asia/Ho_Chi_Minh"
LAW = Law(Contact(), TZ)
HOUR = 3_600 * SECOND
CHANNELS = ("email", "sms", "zns", "call", "messenger", "zalo_oa", "audience")


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TZ)))


NOON = at("2026-03-10 12:00")
YES = tuple(Consent(c, p, True, NOON - DAY) for c in CHANNELS for p in ("marketing", "service"))
PLACES = tuple(
    Address(n, space) for n, space in enumerate(("email", "phone", "psid:trang", "zalo:oa"), 1)
)
FINE = Known(consents=YES, addresses=PLACES)
AD = Wish("shopper_promo", "marketing", ("sms",), NOON)
SERVICE = replace(AD, purpose="service")


def touch(ago: int, channel: str = "sms", strategy: str = "shopper_promo") -> Touch:
    return Touch(NOON - ago, channel, "marketing", strategy)


@pytest.mark.parametrize(
    ("wish", "known", "verdict"),
    [
        (AD, FINE, Allowed("sms", 2, at("2026-03-10 21:00"))),
        (replace(AD, treated=False), FINE, Withheld(Why.HELD_OUT)),
        (replace(AD, due=NOON - DAY), FINE, Withheld(Why.STALE)),
        (replace(AD, due=NOON - DAY + 1), FINE, Allowed("sms", 2, NOON + 1)),
        (replace(AD, channels=()), FINE, Withheld(Why.NO_CHANNEL)),
        (replace(AD, channels=("fax",)), FINE, Withheld(Why.NO_CHANNEL)),
        (AD, replace(FINE, consents=()), Withheld(Why.NO_CONSENT)),
        (AD, replace(FINE, addresses=PLACES[:1]), Withheld(Why.NO_ADDRESS)),
        (replace(AD, channels=("zns",)), FINE, Withheld(Why.NO_ADS)),
        (replace(SERVICE, channels=("zns",)), FINE, Allowed("zns", 2, at("2026-03-10 21:00"))),
        (AD, replace(FINE, severity=2), Withheld(Why.MUTED, at("2026-03-11 00:00"))),
        (AD, replace(FINE, severity=1), Allowed("sms", 2, at("2026-03-10 21:00"))),
        (SERVICE, replace(FINE, severity=3), Allowed("sms", 2, at("2026-03-10 21:00"))),
        (AD, replace(FINE, touches=(touch(HOUR),)), Withheld(Why.CAP_DAY, at("2026-03-11 00:00"))),
        (AD, replace(FINE, touches=(touch(HOUR, "email"),)), Withheld(Why.CAP_DAY, at("2026-03-11 00:00"))),
        (AD, replace(FINE, touches=(touch(HOUR, strategy="lead_blog"),)), Withheld(Why.OTHER_STRATEGY, at("2026-03-11 00:00"))),
        (AD, replace(FINE, touches=(touch(-HOUR),)), Withheld(Why.CAP_DAY, at("2026-03-11 00:00"))),
        (AD, replace(FINE, touches=(touch(HOUR, "task"),)), Allowed("sms", 2, at("2026-03-10 21:00"))),
        (SERVICE, replace(FINE, touches=(touch(HOUR),)), Allowed("sms", 2, at("2026-03-10 21:00"))),
        (AD, replace(FINE, touches=(touch(2 * DAY),) * 2), Withheld(Why.CAP_WEEK)),
        (AD, replace(FINE, touches=(touch(6 * DAY), touch(DAY))), Withheld(Why.CAP_WEEK, at("2026-03-11 00:00"))),
        (AD, replace(FINE, touches=(touch(7 * DAY), touch(DAY))), Allowed("sms", 2, at("2026-03-10 21:00"))),
        (AD, replace(FINE, few=True, touches=(touch(6 * DAY),)), Withheld(Why.CAP_WEEK, at("2026-03-11 00:00"))),
        (AD, replace(FINE, paused={"sms": NOON + HOUR}), Withheld(Why.PAUSED, NOON + HOUR)),
        (AD, replace(FINE, paused={"sms": NOON, "email": FOREVER}), Allowed("sms", 2, at("2026-03-10 21:00"))),
        (AD, replace(FINE, paused={"strategy:shopper_promo": FOREVER}), Withheld(Why.PAUSED)),
        (replace(AD, channels=("messenger", "sms")), FINE, Allowed("sms", 2, at("2026-03-10 21:00"))),
        (replace(AD, channels=("messenger",)), FINE, Withheld(Why.WINDOW)),
        (replace(AD, channels=("task", "sms")), Known(), Allowed("task", 0, NOON + DAY)),
        (replace(AD, channels=("audience",)), FINE, Allowed("audience", 1, NOON + DAY)),
        (replace(AD, channels=("call",)), FINE, Allowed("call", 2, at("2026-03-10 17:00"))),
    ],
)  # fmt: skip
def test_one_reason_at_a_time(wish: Wish, known: Known, verdict: Allowed | Withheld) -> None:
    assert may_send(wish, known, NOON, LAW) == verdict


@pytest.mark.parametrize(
    ("channel", "clock", "open_again"),
    [
        ("sms", "07:59", "2026-03-10 08:00"),
        ("sms", "08:00", None),
        ("sms", "20:59", None),
        ("sms", "21:00", "2026-03-11 08:00"),
        ("email", "03:00", "2026-03-10 08:00"),
        ("call", "16:59", None),
        ("call", "17:00", "2026-03-11 08:00"),
    ],
)
def test_quiet_hours(channel: str, clock: str, open_again: str | None) -> None:
    now = at(f"2026-03-10 {clock}")
    for wish in (AD, SERVICE):
        said = may_send(replace(wish, channels=(channel,), due=now), FINE, now, LAW)
        assert (
            said == Withheld(Why.HOURS, at(open_again)) if open_again else isinstance(said, Allowed)
        )


def test_no_rules_however_they_came_about_are_looser_than_the_law() -> None:
    loose = Law(
        Contact(
            from_hour=0,
            to_hour=24,
            call_from_hour=0,
            call_to_hour=24,
            per_day=99,
            per_week=99,
            calls_per_day=9,
        ),
        TZ,
    )
    night = at("2026-03-10 22:00")
    assert may_send(replace(AD, due=night), FINE, night, loose) == Withheld(
        Why.HOURS, at("2026-03-11 07:00")
    )
    call = replace(AD, channels=("call",))
    assert may_send(
        call, replace(FINE, touches=(touch(DAY - 1, "call"),)), NOON, loose
    ) == Withheld(Why.CAP_LAW, NOON + 1)
    three = replace(FINE, touches=(touch(3), touch(2), touch(DAY - 1)))
    assert may_send(AD, three, NOON, loose) == Withheld(Why.CAP_LAW, NOON + 1)


@pytest.mark.parametrize(
    ("channel", "purpose", "window", "used", "end"),
    [
        ("messenger", "marketing", ("message", 1, 24), 0, 23),
        ("messenger", "marketing", ("message", 24, 24), 0, None),
        ("messenger", "marketing", ("click_to_message_ad", 100, 168), 0, 68),
        ("messenger", "marketing", ("human_agent", 1, 168), 0, None),
        ("messenger", "service", ("human_agent", 1, 168), 0, None),
        ("messenger", "marketing", ("comment", 10, 168), 0, 158),
        ("messenger", "marketing", ("comment", 10, 168), 1, None),
        ("messenger", "marketing", ("comment", 167, 9_000), 0, 1),
        ("messenger", "marketing", ("comment", 168, 9_000), 0, None),
        ("messenger", "marketing", ("paid_opt_in", 10, 9_000), 0, 8_990),
        ("messenger", "service", ("paid_opt_in", 10, 9_000), 0, None),
        ("zalo_oa", "service", ("message", 47, 168), 7, 1),
        ("zalo_oa", "service", ("message", 47, 168), 8, None),
        ("zalo_oa", "service", ("message", 48, 168), 0, None),
        ("zalo_oa", "marketing", ("follow", 400, 9_000), 0, 8_600),
        ("zalo_oa", "service", ("follow", 400, 9_000), 0, None),
        ("zalo_oa", "marketing", ("whim", 1, 9_000), 0, None),
    ],
)
def test_windows(
    channel: str, purpose: str, window: tuple[str, int, int], used: int, end: int | None
) -> None:
    reason, ago, span = window
    opened = Window(channel, NOON - ago * HOUR, NOON + (span - ago) * HOUR, reason)
    touches = tuple(
        Touch(NOON - HOUR // 2, channel, "service", "customer_care") for _ in range(used)
    )
    wish = Wish("shopper_promo", purpose, (channel,), NOON)
    said = may_send(wish, replace(FINE, windows=(opened,), touches=touches), NOON, LAW)
    if end is None:
        assert said in (Withheld(Why.WINDOW), Withheld(Why.FREE_USED))
    else:
        assert isinstance(said, Allowed)
        assert said.until == min(NOON + end * HOUR, at("2026-03-10 21:00"))


def test_paid_zalo_goes_on_for_as_long_as_the_platform_says() -> None:
    opened = Window("zalo_oa", NOON - 100 * HOUR, NOON + 68 * HOUR, "message")
    wish = replace(SERVICE, channels=("zalo_oa",))
    paid = Law(Contact(zalo_paid=True), TZ)
    assert isinstance(may_send(wish, replace(FINE, windows=(opened,)), NOON, paid), Allowed)


def test_of_several_addresses_the_first_that_is_open_is_taken() -> None:
    both = (Address(7, "phone", {"sms": NOON + HOUR}), Address(8, "phone"), Address(9, "phone"))
    said = may_send(AD, replace(FINE, addresses=both), NOON, LAW)
    assert isinstance(said, Allowed)
    assert said.address == 8
    closed = tuple(replace(one, closed={"": NOON + HOUR}) for one in both)
    assert may_send(AD, replace(FINE, addresses=closed), NOON, LAW) == Withheld(
        Why.SUPPRESSED, NOON + HOUR
    )
    gone = tuple(replace(one, closed={"": FOREVER}) for one in both)
    assert may_send(AD, replace(FINE, addresses=gone), NOON, LAW) == Withheld(Why.SUPPRESSED)


def test_where_the_contract_is_the_ground_only_a_refusal_stands_in_the_way() -> None:
    contract = Law(Contact(service_needs_consent=False), TZ)
    nobody = replace(FINE, consents=())
    assert isinstance(may_send(SERVICE, nobody, NOON, contract), Allowed)
    assert may_send(AD, nobody, NOON, contract) == Withheld(Why.NO_CONSENT)
    no = replace(FINE, consents=(Consent("", "", False, NOON - DAY),))
    assert may_send(SERVICE, no, NOON, contract) == Withheld(Why.NO_CONSENT)


TOUCHES = st.lists(
    st.builds(touch, st.integers(-DAY, 9 * DAY), st.sampled_from(("sms", "email", "call"))),
    max_size=6,
)


@given(TOUCHES, st.integers(0, 3), st.integers(0, 9), st.integers(0, 2 * DAY))
def test_waiting_leads_somewhere(
    touches: list[Touch], per_day: int, per_week: int, later: int
) -> None:
    """Asked again at each `until`, the answer becomes yes or never, and time always goes on."""
    law = Law(Contact(per_day=per_day, per_week=per_week, stale_hours=336), TZ)
    now, known = NOON + later, replace(FINE, touches=tuple(touches))
    for _ in range(40):
        said = may_send(replace(AD, due=NOON + later), known, now, law)
        if isinstance(said, Allowed) or said.until is None:
            break
        assert said.until > now
        now = said.until
    else:
        pytest.fail("it is put off for ever")
    if isinstance(said, Allowed):
        assert now < said.until <= now + 14 * DAY

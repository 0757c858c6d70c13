"""The law said a second time: from lists of everything that was ever told, by plain questions.

Shares no code with what it judges: what was said is kept as it was said, and each clause
looks through all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

SAIGON = timezone(timedelta(hours=7))  # no daylight saving time
LAW_FROM, LAW_TO = 7, 22
SILENT = {"task", "page", "webhook", "audience"}
ALONE = {"task", "page", "webhook"}
BY_PHONE = {"sms", "zns", "call"}
DAY = timedelta(days=1)


def when(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1_000_000, SAIGON) + timedelta(microseconds=at % 1_000_000)


@dataclass
class Told:
    """Everything that was ever said of one person."""

    words: list[tuple[str, str, bool, int]] = field(
        default_factory=list
    )  # channel, purpose, yes, at
    closed: dict[tuple[str, str], int] = field(default_factory=dict)  # (namespace, channel): until
    windows: list[tuple[str, int, int, str]] = field(default_factory=list)
    tickets: dict[str, int] = field(default_factory=dict)  # ref: severity
    went_out: list[tuple[int, str, str, str]] = field(
        default_factory=list
    )  # at, channel, purpose, strategy
    few: bool = False


@dataclass(frozen=True)
class Out:
    """A message as it reached a provider."""

    at: int
    channel: str
    purpose: str
    strategy: str
    due: int
    arm: str
    wished: tuple[str, ...]


def broken(
    out: Out, told: Told, rules: dict[str, int | bool], paused: dict[str, int]
) -> Iterator[str]:
    """Each clause that this message breaks."""
    yield from _not_meant(out, rules, paused)
    if out.channel not in ALONE:
        if not _agreed(out, told, rules):
            yield "no consent"
        if not _reachable(out, told):
            yield "suppressed"
    if out.channel not in SILENT:
        yield from _not_now(out, rules)
        if out.channel in ("messenger", "zalo_oa") and not _window(out, told, rules):
            yield "the window is closed"
        if out.purpose == "marketing":
            yield from _too_much(out, told, rules)


def _not_meant(out: Out, rules: dict[str, int | bool], paused: dict[str, int]) -> Iterator[str]:
    if out.arm != "treated":
        yield "held out"
    if out.channel not in out.wished:
        yield "nobody wished this channel"
    if out.at >= out.due + int(rules["stale_hours"]) * 3_600_000_000:
        yield "stale"
    if paused.get(out.channel, 0) > out.at or paused.get(f"strategy:{out.strategy}", 0) > out.at:
        yield "paused"
    if out.purpose == "marketing" and out.channel == "zns" and not rules["zns_marketing"]:
        yield "no advertising here"


def _not_now(out: Out, rules: dict[str, int | bool]) -> Iterator[str]:
    hour, ad = when(out.at).hour, out.purpose == "marketing"
    low, high = (
        ("call_from_hour", "call_to_hour") if out.channel == "call" else ("from_hour", "to_hour")
    )
    if not int(rules[low]) <= hour < int(rules[high]):
        yield "quiet hours"
    if ad and out.channel in ("sms", "zns") and not LAW_FROM <= hour < LAW_TO:
        yield "the law's hours"
    if ad and out.channel == "call" and not 8 <= hour < 17:
        yield "the law's hours for calls"


def _agreed(out: Out, told: Told, rules: dict[str, int | bool]) -> bool:
    yes = [at for c, p, ok, at in told.words if ok and c == out.channel and p == out.purpose]
    no = [
        at
        for c, p, ok, at in told.words
        if not ok and c in ("", out.channel) and p in ("", out.purpose)
    ]
    if out.purpose == "service" and not rules["service_needs_consent"] and not yes and not no:
        return True
    past = [at for at in yes if at <= out.at]
    return any(all(at > refusal for refusal in no) for at in past)


def _reachable(out: Out, told: Told) -> bool:
    spaces = {
        "email": ["email"],
        "messenger": ["psid"],
        "zalo_oa": ["zalo"],
        "audience": ["phone", "email"],
    }
    for space in ["phone"] if out.channel in BY_PHONE else spaces[out.channel]:
        ends = [told.closed.get((space, channel), 0) for channel in ("", out.channel)]
        if all(end <= out.at for end in ends):
            return True
    return False


def _window(out: Out, told: Told, rules: dict[str, int | bool]) -> bool:
    ad = out.purpose == "marketing"
    for channel, opened, ends, reason in told.windows:
        if channel != out.channel or not opened <= out.at < ends:
            continue
        used = sum(c == channel and at >= opened for at, c, _, _ in told.went_out)
        if channel == "messenger" and (
            reason in ("message", "click_to_message_ad")
            or (reason == "comment" and used == 0 and out.at < opened + 7 * 24 * 3_600_000_000)
            or (reason == "paid_opt_in" and ad)
        ):
            return True
        if channel == "zalo_oa" and reason == "follow" and ad:
            return True
        free = out.at < opened + 2 * 24 * 3_600_000_000 and used < 8
        if channel == "zalo_oa" and reason == "message" and (rules["zalo_paid"] or free):
            return True
    return False


def _too_much(out: Out, told: Told, rules: dict[str, int | bool]) -> Iterator[str]:
    ads = [
        (when(at), c, s) for at, c, p, s in told.went_out if p == "marketing" and c not in SILENT
    ]
    now = when(out.at)
    today = [s for at, _, s in ads if at.date() >= now.date()]
    week = [at for at, _, _ in ads if at.date() > now.date() - 7 * DAY]
    if max(told.tickets.values(), default=0) >= int(rules["mute_severity"]):
        yield "a serious ticket is open"
    if len(today) >= int(rules["per_day"]):
        yield "enough for today"
    if any(strategy != out.strategy for strategy in today):
        yield "two strategies on one day"
    if len(week) >= int(rules["per_week_few" if told.few else "per_week"]):
        yield "enough for this week"
    same = [at for at, c, _ in ads if c == out.channel and at > now - DAY]
    if len(same) >= (min(1, int(rules["calls_per_day"])) if out.channel == "call" else 3):
        yield "the law's limit for a day"

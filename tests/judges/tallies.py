"""What is counted of one person, read straight from what was told of them: slow, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from thang.model import DAY, Cost, Flag
from thang.policy.schema import Policy

from .calendar import Moment, after_events
from .orders import Part
from .referrals import Qualified
from .rows import Row

TRYING = ("beta_used", "version_tried", "trial_started", "trial_used")
SHARING = ("post_shared", "product_shared", "cart_shared", "ugc_posted", "mention_posted")
HARMING = ("complaint_posted", "chargeback", "blocked_us")
NOT_THEIRS = (
    "email_delivered", "order_delivered", "order_updated", "points_earned", "version_announced",
    "beta_invited", "ticket_resolved", "cost_recorded", "support_given", "message_delivered",
    "message_failed", "fraud_hold_set", "fraud_hold_lifted", "insider_marked", "insider_unmarked",
    "membership_tier_changed", "referral_disqualified", "referral_clicked",
)  # fmt: skip

NEVER = 1 << 60
EPOCH = date(1970, 1, 1).toordinal()


def tallied(
    line: Sequence[Row],
    parts: Sequence[Part],
    referrals: Sequence[Qualified],
    policy: Policy,
    gap: int,
    as_of: int,
) -> dict[str, Any]:
    """Every count of one person at `as_of`; `line` in time, nothing of it later."""
    now = after_events(as_of, policy.shop.tz)
    told = _money(line, parts, now) | _early(line, policy, as_of) | _wishes(line)
    told |= _failures(line, policy, gap, as_of) | _outward(line)
    dues = [told.pop("due_chance"), told.pop("due_failure")]
    standing = [
        r for r in referrals if now.sees(r.at) and not (r.undone_at and now.sees(r.undone_at))
    ]
    return told | {
        "first_at": line[0].at,
        "due": min(dues),
        "referrals": len(standing),
    }


def purchases(parts: Sequence[Part], now: Moment) -> dict[int, int]:
    """Net money of each shop day with a living order, by the day on which it was placed."""
    found: dict[int, int] = {}
    for part in parts:
        if part.lives(now):
            day = part.placed_day - EPOCH
            found[day] = found.get(day, 0) + part.left(now)
    return found


def _money(line: Sequence[Row], parts: Sequence[Part], now: Moment) -> dict[str, Any]:
    counted = [part for part in parts if now.sees(part.counts_at)]
    living = [part for part in counted if part.lives(now)]
    known = {r.ref for r in line if r.kind == "cost_recorded" and r.grade == Cost.GOODS and r.ref}
    costs = dict.fromkeys((cost.name.lower() for cost in Cost), 0)
    refs = {part.ref for part in living}
    for row in line:
        if row.kind != "cost_recorded" or row.grade not in set(Cost):
            continue
        if row.grade != Cost.GOODS or row.ref == 0 or row.ref in refs:
            costs[Cost(row.grade).name.lower()] += row.amount
    gross = 0
    for part in counted:
        seen = [amount for since, amount in part.money if now.sees(since)]
        gross += seen[0] + sum(max(b - a, 0) for a, b in pairwise(seen))
    revenue = sum(part.left(now) for part in living)
    days = sorted({part.placed_day for part in living})
    return costs | {
        "orders": len(days),
        "first_order": days[0] - EPOCH if days else 0,
        "last_order": days[-1] - EPOCH if days else 0,
        "revenue": revenue,
        "refunded": gross - revenue,
        "returned": sum(not part.lives(now) for part in counted),
        "refused": sum(r.kind == "order_delivery_failed" for r in line),
        "costed": sum(part.left(now) for part in living if part.ref and part.ref in known),
        "minutes": sum(max(r.grade, 0) for r in line if r.kind == "support_given"),
        "contacts": sum(r.kind in ("message_delivered", "email_delivered") for r in line),
    }


def _early(line: Sequence[Row], policy: Policy, as_of: int) -> dict[str, Any]:
    within = policy.aims.groups.willing.within_days * DAY
    told = dict.fromkeys(("try_n", "try_k", "retry_n", "retry_k"), 0)
    due = NEVER
    for i, row in enumerate(line):
        if row.kind not in ("beta_invited", "version_announced"):
            continue
        tried = any(r.kind in TRYING and r.ref == row.ref for r in line[:i])
        name = "retry" if row.kind == "version_announced" and tried else "try"
        taken = any(
            r.kind in (*TRYING, "beta_accepted") and r.ref == row.ref and r.at <= row.at + within
            for r in line[i + 1 :]
        )
        if taken or row.at + within <= as_of:
            told[f"{name}_n"] += 1
            told[f"{name}_k"] += taken
        else:
            due = min(due, row.at + within)
    opens = ("beta_accepted", "beta_used", "version_tried")
    return told | {
        "voice": sum(r.kind == "feedback_given" and bool(r.flags & Flag.OK) for r in line),
        "access_at": next((r.at for r in line if r.kind in opens), 0),
        "beta": int(any(r.kind == "beta_used" for r in line)),
        "due_chance": due,
    }


def _wishes(line: Sequence[Row]) -> dict[str, Any]:
    """Months are spans of 30 days from the first of the wishes that were open together."""
    spans: list[tuple[int, int | None, set[int]]] = []  # since, until, months with an act
    open_: list[int] = []
    for row in line:
        if open_ and row.kind not in NOT_THEIRS:
            spans[-1][2].add((row.at - spans[-1][0]) // (30 * DAY))
        if row.kind == "feature_requested":
            if not open_:
                spans.append((row.at, None, {0}))
            open_.append(row.ref)
        if row.kind == "version_announced" and row.ref in open_:
            open_ = [ref for ref in open_ if ref != row.ref]
            if not open_:
                spans[-1] = (spans[-1][0], row.at, spans[-1][2])
    over = [(until - since) // (30 * DAY) + 1 for since, until, _ in spans if until is not None]
    return {
        "wish_months": sum(over),
        "wish_active": sum(len(months) for *_, months in spans),
        "wish_open": spans[-1][0] if open_ else 0,
    }


def _failures(line: Sequence[Row], policy: Policy, gap: int, as_of: int) -> dict[str, Any]:
    rules = policy.aims.groups.forgiving
    ripe = max(rules.min_days * DAY, 2 * gap)
    tickets = [r for r in line if r.kind == "ticket_opened" and not r.flags & Flag.THEIRS]
    told: dict[str, Any] = {
        "failures": 0, "chances": 0.0, "forgiven": 0.0,
        "last_failure": tickets[-1].at if tickets else 0,
        "open_failures": sum(not _settled(t, line, as_of) for t in tickets),
    }  # fmt: skip
    due = NEVER
    for before, ticket in zip([None, *tickets], tickets, strict=False):
        end = ticket.at + ripe
        if end > as_of:
            due = min(due, end)
            continue
        later = [r for r in line if ticket.at < r.at <= end]
        back = any(r.kind in (*TRYING, "order_completed") for r in later)
        stayed = back and not any(_harms(r) for r in later)
        good = any(
            r.flags & Flag.OK and not r.flags & Flag.FAILED for r in _settled(ticket, line, end)
        )
        weight = {
            (True, True): rules.after_good_success, (True, False): rules.after_bad_success,
            (False, True): rules.after_good_failure, (False, False): rules.after_bad_failure,
        }[stayed, good]  # fmt: skip
        if not stayed and before is not None and ticket.at - before.at <= rules.second_days * DAY:
            weight *= rules.second
        if ticket.grade >= 3:
            weight *= rules.severe
        told["failures"] += 1
        told["chances"] += float(weight)
        told["forgiven"] += float(weight) if stayed else 0.0
    return told | {"due_failure": due}


def _settled(ticket: Row, line: Sequence[Row], until: int) -> list[Row]:
    """The settlements that mean this ticket, and no later one of the same name."""
    place = line.index(ticket)
    found = []
    for row in line[place + 1 :]:
        if row.kind == "ticket_opened" and row.ref == ticket.ref and not row.flags & Flag.THEIRS:
            break
        if row.kind == "ticket_resolved" and row.ref == ticket.ref and row.at <= until:
            found.append(row)
    return found


def _harms(row: Row) -> bool:
    bad = row.kind == "product_reviewed" and row.flags & Flag.PUBLIC and row.grade in (1, 2)
    return row.kind in HARMING or bool(bad)


def _outward(line: Sequence[Row]) -> dict[str, Any]:
    return {
        "clicks": sum(r.kind == "referral_clicked" and not r.flags & Flag.SELF for r in line),
        "shares": sum(r.kind in SHARING and bool(r.flags & Flag.PUBLIC) for r in line),
        "reviews": sum(r.kind == "product_reviewed" for r in line),
        "answers": sum(r.kind == "community_answered" for r in line),
    }

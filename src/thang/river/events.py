"""The vocabulary: what can happen between a person and a shop, by its stored name.

On the wire the names are Segment's (`Order Completed`); stored they are the same in
snake case (`order_completed`). A kind that is not listed here is kept and counted all
the same, and a policy may use it by its name; `KINDS` only fixes the codes of the
known ones, so that derived tables stay readable between versions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

# A kind's code is its place in this list plus one. Append only.
KINDS: tuple[str, ...] = (
    # contact
    "lead_captured", "page_followed", "live_chat_message_sent", "live_chat_message_received",
    "page", "product_viewed", "product_list_viewed", "products_searched", "email_delivered",
    "email_opened", "link_clicked", "lead_magnet_downloaded", "webinar_attended", "signed_up",
    "signed_in", "unsubscribed", "consent_granted", "consent_withdrawn", "identified",
    # shopping
    "price_asked", "product_added", "product_removed", "cart_viewed", "checkout_started",
    "checkout_step_completed", "payment_info_entered", "coupon_applied", "sample_requested",
    "trial_started", "trial_used", "trial_ended", "trial_retried", "demo_attended",
    # buying
    "order_completed", "order_updated", "order_delivered", "order_delivery_failed",
    "order_cancelled", "order_refunded", "chargeback",
    # belonging
    "membership_joined", "membership_left", "membership_tier_changed", "points_earned",
    "points_redeemed", "community_joined", "community_posted", "community_answered",
    "event_registered", "event_attended",
    # telling
    "referral_sent", "referral_clicked", "referral_converted", "referral_disqualified",
    "product_reviewed", "post_shared", "product_shared", "cart_shared", "ugc_posted",
    "mention_posted", "comment_posted", "reaction_added", "live_comment_posted",
    "live_order_intent",
    # early use
    "beta_invited", "beta_accepted", "beta_used", "version_announced", "version_tried",
    "feedback_given", "feature_requested",
    # trouble
    "ticket_opened", "ticket_resolved", "complaint_posted", "blocked_us", "fraud_hold_set",
    "fraud_hold_lifted",
    # asking
    "nps_answered", "csat_answered", "pmf_answered",
    # cost and action
    "cost_recorded", "message_delivered", "message_read", "message_replied", "message_failed",
    # who they are to the shop
    "insider_marked", "insider_unmarked",
    # further costs: minutes of help, in `grade`
    "support_given",
)  # fmt: skip

# Made by prepare from the ones above, each with its own instant on the right person's line.
DERIVED: tuple[str, ...] = (
    "order_counted",  # the day's order begins to count: +1 order, + its money
    "order_joined",  # a further part of a day's order begins to count: + its money
    "order_adjusted",  # a partial refund of a counted part: - money, anchored
    "order_voided",  # a counted part is undone: leaves every count and sum, anchored
    "order_recounted",  # a living part takes over the day's count from a voided one, anchored
    "referral_qualified",  # the referee's first order counts
    "referral_undone",  # that order was undone, or the referral disqualified: anchored
)

DERIVED_BASE = 900
UNKNOWN_BASE = 1000  # kinds the record met that the vocabulary does not know


def known_codes() -> dict[str, int]:
    """Code of every kind of the vocabulary, derived ones included."""
    codes = {name: i + 1 for i, name in enumerate(KINDS)}
    codes.update({name: DERIVED_BASE + i for i, name in enumerate(DERIVED)})
    return codes


CODES: Mapping[str, int] = known_codes()

# Events of an order's life; all of one order id are one order.
ORDER_KINDS: tuple[str, ...] = (
    "order_completed", "order_updated", "order_delivered", "order_delivery_failed",
    "order_cancelled", "order_refunded", "chargeback",
)  # fmt: skip


def stored_kind(name: str) -> str:
    """The stored form of a wire name: `Order Completed`, `orderCompleted`: `order_completed`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.strip())
    return re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")


def ref_key(ref: str) -> int:
    """A 63-bit number for an order, product, ticket or channel name; 0 for none."""
    if not ref:
        return 0
    digest = hashlib.blake2b(ref.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def unmapped(kinds: Iterable[str]) -> list[str]:
    """The kinds that the vocabulary does not know, in order of their names."""
    return sorted({kind for kind in kinds if kind not in CODES})

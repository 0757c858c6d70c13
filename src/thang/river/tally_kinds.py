"""What each kind of event means to tallying, and which of them a person did themself."""

from __future__ import annotations

import numpy as np

from thang.river.events import CODES, KINDS
from thang.river.tables import Int8

# What a kind of event does here; several kinds may do the same.
(
    NOTHING, INVITE, ANNOUNCE, TAKE, ACCEPT, VOICE, WISH, TICKET, RESOLVE, HARM, REVIEW, BUY, CLICK,
    SHARE, ANSWER, COST, MINUTES, CONTACT, REFUSED,
) = range(19)  # fmt: skip
DOES = {
    "beta_invited": INVITE, "version_announced": ANNOUNCE, "beta_accepted": ACCEPT,
    "beta_used": TAKE, "version_tried": TAKE, "trial_started": TAKE, "trial_used": TAKE,
    "feedback_given": VOICE, "feature_requested": WISH, "ticket_opened": TICKET,
    "ticket_resolved": RESOLVE, "complaint_posted": HARM, "chargeback": HARM, "blocked_us": HARM,
    "product_reviewed": REVIEW, "order_completed": BUY, "referral_clicked": CLICK,
    "post_shared": SHARE, "product_shared": SHARE, "cart_shared": SHARE, "ugc_posted": SHARE,
    "mention_posted": SHARE, "community_answered": ANSWER, "cost_recorded": COST,
    "support_given": MINUTES, "message_delivered": CONTACT, "email_delivered": CONTACT,
    "order_delivery_failed": REFUSED,
}  # fmt: skip
# What the shop did, or what merely befell: none of it shows that a person is still there.
OURS = (
    "email_delivered", "order_delivered", "order_updated", "points_earned", "version_announced",
    "beta_invited", "ticket_resolved", "cost_recorded", "support_given", "message_delivered",
    "message_failed", "fraud_hold_set", "fraud_hold_lifted", "insider_marked", "insider_unmarked",
    "membership_tier_changed", "referral_disqualified", "referral_clicked",
)  # fmt: skip
USED = ("beta_used", "version_tried")
BETA_USED, TRIED = CODES["beta_used"], CODES["version_tried"]


def kinds_table() -> tuple[Int8, Int8]:
    """By code: what a kind does, and whether it is the person's own act."""
    does, theirs = np.zeros(len(KINDS) + 1, np.int8), np.ones(len(KINDS) + 1, np.int8)
    for kind, action in DOES.items():
        does[CODES[kind]] = action
    theirs[[CODES[kind] for kind in OURS]] = 0
    return does, theirs

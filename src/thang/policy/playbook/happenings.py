"""The facts that count what happens: each ever, within some days, and days since the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from thang.model import Flag
from thang.policy.playbook.fact import SHOP, Fact, What
from thang.policy.schema import Where

WINDOWS = (1, 2, 7, 14, 30, 60, 90, 180, 365)  # each as a name: `carts_7d`

PUBLIC, OK, NOT_THEIRS = Where(flags=Flag.PUBLIC), Where(flags=Flag.OK), Where(without=Flag.THEIRS)
NOT_SELF = Where(without=Flag.SELF)
VIEWS = ("page", "product_viewed", "product_list_viewed", "products_searched")
INTENTS = ("product_added", "checkout_started", "price_asked")
STRONG = (
    *INTENTS, "trial_started", "trial_used", "sample_requested", "signed_up", "demo_attended",
)  # fmt: skip
SHARES = ("post_shared", "product_shared", "cart_shared", "ugc_posted")
USES = ("trial_used", "trial_retried", "beta_used", "version_tried")
# What a person does themself, whatever it is worth.
ACTS = (
    *STRONG, *VIEWS, *SHARES, "page_followed", "live_chat_message_sent", "email_opened",
    "link_clicked", "lead_magnet_downloaded", "webinar_attended", "signed_in", "order_completed",
    "membership_joined", "points_redeemed", "community_joined", "community_posted",
    "community_answered", "event_registered", "event_attended", "referral_sent",
    "product_reviewed", "comment_posted", "reaction_added", "live_comment_posted",
    "live_order_intent", "beta_accepted", "beta_used", "version_tried", "trial_retried",
    "feedback_given", "feature_requested", "nps_answered", "csat_answered", "pmf_answered",
    "message_replied",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """A thing that happens, under the name that all its facts share."""

    name: str
    says: str
    kinds: tuple[str, ...]
    where: Where = Where()
    closes: tuple[str, ...] = ()
    what: What = What.COUNT
    scope: str = "person"

    def facts(self) -> Iterator[Fact]:
        """Ever, within each window, and the days since the last one."""
        ever = Fact(
            self.name, self.what, self.says, self.kinds, self.closes, where=self.where,
            scope=self.scope,
        )  # fmt: skip
        yield ever
        for days in WINDOWS:
            yield replace(ever, name=f"{self.name}_{days}d", within_days=days)
        if self.kinds and self.what in (What.COUNT, What.OPEN):
            yield replace(
                ever, name=f"days_since_{self.name}", what=What.SINCE, closes=(),
                says=f"Days since the last of `{self.name}`.",
            )  # fmt: skip


TABLE = (
    # looking
    Happening("acts", "Anything the person does themself.", ACTS),
    Happening("content_views", "Pages, products or searches looked at.", VIEWS),
    Happening("product_views", "Products looked at.", ("product_viewed",)),
    Happening("searches", "Searches and lists.", ("products_searched", "product_list_viewed")),
    Happening("email_opens", "Emails opened.", ("email_opened",)),
    Happening("link_clicks", "Links of ours that were followed.", ("link_clicked",)),
    Happening("sources", "Told where they came from.", ("lead_captured",)),
    Happening("follows", "Followed the page.", ("page_followed",)),
    Happening("lead_magnets", "Guides downloaded.", ("lead_magnet_downloaded",)),
    Happening("webinars", "Webinars or live classes attended.", ("webinar_attended",)),
    # talking
    Happening("messages_in", "Messages they wrote to the shop.", ("live_chat_message_sent",)),
    Happening("replies", "Answers of the shop to them.", ("live_chat_message_received",)),
    Happening("messages_out", "Messages of ours that arrived.",
              ("message_delivered", "email_delivered")),
    Happening("answers", "Answers of theirs to our messages.", ("message_replied",)),
    Happening("live_comments", "Comments under a post or a live.",
              ("comment_posted", "live_comment_posted", "live_order_intent")),
    # shopping
    Happening("strong_acts", "Signs of wanting to buy, as for the second level.", STRONG),
    Happening("intents", "Cart, checkout or a question about the price.", INTENTS),
    Happening("prices_asked", "Questions about a price.", ("price_asked",)),
    Happening("carts", "Products put into the cart.", ("product_added",)),
    Happening("checkouts", "Checkouts begun.", ("checkout_started",)),
    Happening("sign_ups", "Signed up for news or an account.", ("signed_up",)),
    Happening("trials", "Trials, samples or demos begun.",
              ("trial_started", "sample_requested", "demo_attended")),
    Happening("trials_used", "Trials used.", ("trial_used",)),
    # buying
    Happening("orders_placed", "Orders placed and not taken back since.", ("order_completed",),
              closes=("order_cancelled", "order_delivery_failed", "chargeback"), what=What.OPEN),
    Happening("spend_placed", "What the orders placed come to, in minor units.",
              ("order_completed",), what=What.SUM),
    Happening("deliveries", "Orders that arrived.", ("order_delivered",)),
    Happening("refusals", "Parcels that were not taken.", ("order_delivery_failed",)),
    Happening("orders", "Orders that count, by the day they were placed.", (), what=What.ORDERS),
    Happening("spend", "Net money of orders that count, in minor units.", (), what=What.SPEND),
    Happening("first_orders", "First orders ever that count.", (), what=What.FIRST),
    # belonging
    Happening("joins", "Joined the programme.", ("membership_joined",)),
    Happening("community_joins", "Joined the community.", ("community_joined",)),
    Happening("community_acts", "Posts and answers in the community.",
              ("community_posted", "community_answered")),
    Happening("events_attended", "Meetings and events attended.", ("event_attended",)),
    Happening("rises", "Moves up the ladder.", (), what=What.RISES),
    Happening("falls", "Moves down the ladder.", (), what=What.FALLS),
    # telling
    Happening("referrals_sent", "Referrals sent.", ("referral_sent",)),
    Happening("referral_clicks", "Referrals of theirs that somebody else followed.",
              ("referral_clicked",), NOT_SELF),
    Happening("referrals", "Friends of theirs whose first order counts.", ("referral_qualified",),
              closes=("referral_undone",), what=What.OPEN),
    Happening("reviews", "Reviews written.", ("product_reviewed",)),
    Happening("public_reviews", "Reviews that others can see.", ("product_reviewed",), PUBLIC),
    Happening("bad_reviews", "Public reviews of one or two stars.", ("product_reviewed",),
              Where(grade_max=2, flags=Flag.PUBLIC)),
    Happening("shares", "Posts with a link or a click.", SHARES, PUBLIC),
    Happening("share_months", "Calendar months with such a post.", SHARES, PUBLIC,
              what=What.MONTHS),
    Happening("outward_acts", "Told others: posts, reviews, referrals that were followed.",
              (*SHARES, "product_reviewed", "referral_clicked"), NOT_SELF),
    Happening("act_months", "Calendar months in which the person did anything.", ACTS,
              what=What.MONTHS),
    # early use
    Happening("betas_invited", "Invitations to try early.", ("beta_invited",)),
    Happening("betas_accepted", "Such invitations accepted.", ("beta_accepted",)),
    Happening("betas_used", "Early things used.", ("beta_used",)),
    Happening("versions_announced", "New versions announced to them.", ("version_announced",)),
    Happening("versions_tried", "New versions tried.", ("version_tried",)),
    Happening("uses", "Used the thing: trial, early version or new version.", USES),
    Happening("feedback", "Words about a product.", ("feedback_given",)),
    Happening("useful_feedback", "Words that the shop found useful.", ("feedback_given",), OK),
    Happening("wishes", "Wishes for the product.", ("feature_requested",)),
    Happening("shop_versions", "New versions announced to anybody.", ("version_announced",),
              scope=SHOP),
    # trouble
    Happening("tickets", "Failures of ours or the carrier's.", ("ticket_opened",), NOT_THEIRS),
    Happening("resolved_well", "Tickets that were solved well.", ("ticket_resolved",), OK),
    Happening("complaints", "Public complaints.", ("complaint_posted",)),
    Happening("help_given", "Times they were helped in person.", ("support_given",)),
    # asking
    Happening("surveys", "Questions of ours answered.",
              ("nps_answered", "csat_answered", "pmf_answered")),
    Happening("csat_good", "Answers of 4 or 5 to how content they are.", ("csat_answered",),
              Where(grade_min=4)),
    Happening("csat_below_top", "Such answers below 5.", ("csat_answered",), Where(grade_max=4)),
    Happening("csat_bad", "Such answers of 1 or 2.", ("csat_answered",), Where(grade_max=2)),
    Happening("pmf_very", "Would be very disappointed without the product.", ("pmf_answered",),
              Where(grade_min=3)),
)  # fmt: skip

HAPPENINGS: tuple[Fact, ...] = tuple(fact for row in TABLE for fact in row.facts())

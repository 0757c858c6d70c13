"""The default policy, written out by hand from its own text: a judge of the loader too."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from thang.model import Flag
from thang.policy.programmes import Programmes
from thang.policy.schema import (
    Act,
    Activity,
    And,
    Bars,
    Compare,
    EntryOf,
    Expr,
    Level,
    Measure,
    Not,
    Or,
    Policy,
    Quantity,
    Referral,
    Shop,
    Silence,
    Term,
    Where,
    Window,
)

STRONG = (
    "product_added", "checkout_started", "trial_started", "trial_used", "sample_requested",
    "signed_up", "demo_attended", "price_asked", "order_completed", "membership_joined",
)  # fmt: skip
WEAK = ("live_chat_message_sent", "link_clicked", "page", "product_viewed", "email_opened")
PUBLIC, VERIFIED, OK, FAILED, SELF = (
    int(flag) for flag in (Flag.PUBLIC, Flag.VERIFIED, Flag.OK, Flag.FAILED, Flag.SELF)
)


def compare(name: str, op: str, limit: int | str | Fraction, factor: Fraction | int = 1) -> Compare:
    """`name op limit`; a limit by name is another quantity, `factor` times of it."""
    if isinstance(limit, str):
        return Compare(Term(Fraction(1), name), op, Term(Fraction(factor), limit))
    return Compare(Term(Fraction(1), name), op, Term(Fraction(limit)))


def least(name: str, limit: int | str) -> Compare:
    """`name >= limit`."""
    return compare(name, ">=", limit)


def true(name: str) -> Compare:
    """A quantity that stands alone."""
    return compare(name, ">", 0)


def kinds(*names: str) -> tuple[tuple[str, Fraction], ...]:
    """Kinds that weigh one each."""
    return tuple((name, Fraction(1)) for name in names)


def counted(name: str, names: Sequence[str], within: int, where: Where = Where()) -> Quantity:  # noqa: B008
    """Acts of these kinds within so many days."""
    return Quantity(name, Measure.COUNT, kinds(*names), within=within, where=where)


def switch(name: str, on: str, off: str) -> Quantity:
    """A thing that is on or off for a person."""
    return Quantity(name, Measure.OPEN, kinds(on), closes=(off,), by="person")


def quantities() -> dict[str, Quantity]:
    """What the rules of the default policy speak of."""
    weak = tuple((kind, Fraction(1, 2 if kind == "email_opened" else 1)) for kind in WEAK)
    found = [
        counted("strong_acts", STRONG, 180),
        Quantity("weak_acts", Measure.COUNT, weak, within=60),
        Quantity("weak_days", Measure.DAYS, kinds(*WEAK), within=60),
        Quantity("orders_ever", Measure.ORDERS),
        Quantity("orders", Measure.ORDERS, within="W"),
        Quantity("spend", Measure.SPEND, within="W"),
        *_advocacy(),
        *_trouble(),
        switch("enrolled", "membership_joined", "membership_left"),
        Quantity(
            "open_channels",
            Measure.OPEN,
            kinds("consent_granted"),
            closes=("consent_withdrawn",),
        ),
        Quantity("since_order", Measure.SINCE_ORDER),
        Quantity("gap", Measure.GAP),
        switch("fraud_hold", "fraud_hold_set", "fraud_hold_lifted"),
        switch("insider", "insider_marked", "insider_unmarked"),
        Quantity("programme", Measure.SETTING, scheme="programme"),
        Quantity("consent_recorded", Measure.SETTING, scheme="consent_recorded"),
        Quantity("premier_bar", Measure.BAR, scheme="premier_bar"),
        Quantity("median_member_spend", Measure.BAR, scheme="median_member_spend"),
        Quantity("buyers", Measure.BAR, scheme="buyers"),
        Quantity("own_bar", Measure.OWN_BAR),
    ]
    return {quantity.name: quantity for quantity in found}


def _advocacy() -> list[Quantity]:
    return [
        counted("referrals", ["referral_qualified"], 365),
        Quantity("advocacy_points", Measure.POINTS, scheme="advocacy", within=365),
        Quantity("advocacy_days", Measure.POINT_DAYS, scheme="advocacy", within=365),
        Quantity("outward_points", Measure.POINTS, scheme="advocacy", outward=True, within=365),
        *(
            Quantity(
                f"outward_months_of_{months}",
                Measure.MONTHS,
                scheme="advocacy",
                outward=True,
                of_months=months,
            )
            for months in (6, 3)
        ),
    ]


def _trouble() -> list[Quantity]:
    return [
        Quantity(
            "severe_tickets",
            Measure.OPEN,
            kinds("ticket_opened"),
            closes=("ticket_resolved",),
            where=Where(grade_min=3),
            close_where=Where(without=FAILED),
        ),
        counted("negative_reviews", ["product_reviewed"], 90, Where(grade_max=2, flags=PUBLIC)),
        counted("public_complaints", ["complaint_posted"], 90),
    ]


def advocacy_lines() -> tuple[Act, ...]:
    """The points scheme of the default policy."""
    shares = ("post_shared", "product_shared", "cart_shared", "ugc_posted")
    return (
        Act("referral", ("referral_qualified",), Fraction(3), outward=True),
        Act(
            "review",
            ("product_reviewed",),
            Fraction(1),
            cap=2,
            once_per_ref=True,
            outward=True,
            where=Where(grade_min=4, flags=PUBLIC | VERIFIED),
        ),
        Act(
            "referral_clicked",
            ("referral_clicked",),
            Fraction(1),
            cap=2,
            outward=True,
            where=Where(without=SELF),
        ),
        Act("share", shares, Fraction(1), cap=2, outward=True, where=Where(flags=PUBLIC)),
        Act("community_answer", ("community_answered",), Fraction(1, 2), where=Where(flags=OK)),
    )


def levels() -> tuple[Level, ...]:
    """The seven rungs of the default policy."""
    return (*_lower_rungs(), *_upper_rungs())


def _lower_rungs() -> list[Level]:
    shopping = Or((least("strong_acts", 1), And((least("weak_acts", 3), least("weak_days", 2)))))
    no_channel_needed = Or((least("open_channels", 1), Not(true("consent_recorded"))))
    programme, enrolled = true("programme"), true("enrolled")
    return [
        Level("lead", {"vi": "Khách hàng tiềm năng", "en": "Lead"}),
        Level(
            "shopper",
            {"vi": "Khách hàng thử nghiệm", "en": "Shopper"},
            enter=shopping,
            silence=Silence(180, (*STRONG, *WEAK)),
        ),
        Level("customer", {"vi": "Khách hàng", "en": "Customer"}, fact=least("orders_ever", 1)),
        Level(
            "member",
            {"vi": "Thành viên", "en": "Member"},
            enter=Or(
                (
                    And((programme, enrolled, least("orders", 2))),
                    And((Not(programme), least("orders", 3), no_channel_needed)),
                )
            ),
            keep=Or(
                (
                    And((programme, enrolled, least("orders", 1))),
                    And((Not(programme), least("orders", 2))),
                )
            ),
            hold_months=12,
            ended_by=("membership_left",),
        ),
    ]


def _upper_rungs() -> list[Level]:
    lively = compare("since_order", "<", "gap", Fraction(3, 2))
    points: list[Expr] = [least("advocacy_points", 3), least("advocacy_days", 2)]
    telling = Or((least("referrals", 1), And((*points, true("outward_points")))))
    few = And((compare("buyers", "<", 500), least("referrals", 2)))
    quiet = ("severe_tickets", "negative_reviews", "public_complaints")
    return [
        Level(
            "premier",
            {"vi": "Khách hàng cao cấp", "en": "Premier"},
            enter=And((least("orders", 3), least("spend", "premier_bar"))),
            keep=compare("spend", ">=", "own_bar", Fraction(7, 10)),
            own_bar="premier_bar",
            hold_months=12,
            grace=2,
        ),
        Level(
            "advocate",
            {"vi": "Người ủng hộ", "en": "Advocate"},
            enter=And((least("orders", 2), telling)),
            keep=And((least("orders", 1), least("advocacy_points", 1))),
            hold_months=6,
            grace=2,
        ),
        Level(
            "raving_fan",
            {"vi": "Người hâm mộ cuồng nhiệt", "en": "Raving Fan"},
            enter=And(
                (
                    Or((least("referrals", 3), few)),
                    least("outward_months_of_6", 3),
                    EntryOf("advocate"),
                    least("spend", "median_member_spend"),
                    *(compare(name, "==", 0) for name in quiet),
                    lively,
                )
            ),
            keep=And((least("referrals", 1), least("outward_months_of_3", 1), lively)),
            hold_months=6,
            grace=2,
        ),
    ]


def default_policy() -> Policy:
    """The policy of a new shop, without its text."""
    return Policy(
        version=1,
        shop=Shop(),
        window=Window(),
        quantities=quantities(),
        schemes={"advocacy": advocacy_lines()},
        levels=levels(),
        bars=Bars(unless=Or((true("insider"), true("fraud_hold")))),
        activity=Activity(),
        referral=Referral(),
        blocked=true("fraud_hold"),
        blocked_by=("fraud_hold_set",),
        programmes=Programmes(privileges=privileges()),
        fingerprint="by hand",
    )


def privileges() -> dict[str, dict[str, str]]:
    """What people on the higher levels are entitled to."""
    return {
        "member": {
            "vi": "Tích điểm cho mỗi đơn hàng và biết trước các ưu đãi dành riêng cho thành viên.",
            "en": "Points for every order, and members' offers before everybody else.",
        },
        "premier": {
            "vi": "Có người phụ trách riêng, được trả lời trong vài giờ khi gặp trục trặc.",
            "en": "A contact person of their own, and an answer within hours if something goes "
            "wrong.",
        },
        "advocate": {
            "vi": "Được mời xem và góp ý sản phẩm mới trước khi ra mắt.",
            "en": "Invited to see new products, and to say what they think, before the launch.",
        },
        "raving_fan": {
            "vi": "Khách mời của các buổi gặp mặt dành riêng, được ghi nhận trên tường cảm ơn nếu "
            "muốn.",
            "en": "Guests at gatherings of their own, named on the wall of thanks if they like.",
        },
    }

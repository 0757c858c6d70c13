"""Facts of the shop as a whole, each asked only where a rule speaks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.model import DAY, Cost
from thang.policy.aims import GROUPS
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.river.calendar import end_of_day
from thang.river.events import CODES
from thang.workspace.staged import StageAnswer, Staged
from thang.workspace.staging import stage_told

NONE = float("nan")
MONTH, QUARTER, YEAR = 30, 90, 365  # days
LATE = 10  # minutes after which a message has waited too long
CARED_FOR = 1 << GROUPS.index("valuable") | 1 << GROUPS.index("profitable")
KNOWN_BY = ("phone", "email")
_PAID = 'select sum(amount) from events where kind = ? and grade = ? and "at" > ? and "at" <= ?'
_HELP = 'select sum(grade) from events where kind = ? and "at" > ? and "at" <= ?'
_CONTACT = (int(Cost.CONTACT), int(Cost.ACQUISITION))


@dataclass(frozen=True)
class Shopwide:
    """The shop at an instant; `waiting` are everybody's minutes of waiting."""

    record: Record
    projection: Projection
    policy: Policy
    version: PolicyVersion
    now: int
    day: int
    waiting: Callable[[], np.ndarray[tuple[int], np.dtype[np.float64]]]
    _said: dict[str, float] = field(default_factory=dict)

    def __call__(self, name: str) -> float:
        """The number of one fact; nan where it is not known."""
        if name not in self._said:
            self._said[name] = float(ASKED[name](self))
        return self._said[name]

    @cached_property
    def stage(self) -> StageAnswer:
        """What the last judging said of the stage."""
        return StageAnswer(stage_told(self.projection))

    @cached_property
    def told(self) -> Staged | None:
        """The stage with the gate."""
        return self.stage.told

    def one(self, ask: str, *values: object) -> float:
        """The one number of a question; nan where there is none."""
        ((found,),) = self.projection.sql.execute(ask, list(values)).fetchall()
        return NONE if found is None else float(found)

    def paid(self, what: Cost, after: int, until: int = 0) -> float:
        """What was recorded as spent on something, between so many days ago and so many."""
        times = (self.now - after * DAY, self.now - until * DAY)
        found = self.one(_PAID, CODES["cost_recorded"], int(what), *times)
        return 0.0 if np.isnan(found) else found

    def orders(self, after: int, until: int = 0) -> float:
        """Order days that count, between so many days ago and so many."""
        ask = "select count(*) from purchases where day > ? and day <= ?"
        return self.one(ask, self.day - after, self.day - until)

    def newcomers(self, after: int, until: int = 0) -> float:
        """First orders, between so many days ago and so many."""
        ask = "select count(*) from tallies where first_order > ? and first_order <= ?"
        return self.one(ask, self.day - after, self.day - until)

    def help(self, after: int, until: int = 0) -> float:
        """Minutes of help, between so many days ago and so many."""
        times = (self.now - after * DAY, self.now - until * DAY)
        found = self.one(_HELP, CODES["support_given"], *times)
        return 0.0 if np.isnan(found) else found


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else NONE


def _stage(shop: Shopwide) -> float:
    stage = shop.stage.stage
    return NONE if stage is None or shop.stage.status != "told" else stage + 1


def _launched(shop: Shopwide) -> float:
    said = shop.policy.aims.stage.launched
    if said == "no":
        return 0.0
    if said == "unknown":
        return 1.0 if shop("shop_buyers") > 0 else NONE
    return float(_begins(shop) <= shop.now)


def _begins(shop: Shopwide) -> int:
    return end_of_day(shop.policy.aims.stage.launched, shop.policy.shop.tz) - DAY


def _days_since_launch(shop: Shopwide) -> float:
    if shop.policy.aims.stage.launched in ("no", "unknown"):
        return NONE
    days = (shop.now - _begins(shop)) / DAY
    return days if days >= 0 else NONE


def _margin(shop: Shopwide) -> float:
    margin = margin_told(shop.projection)
    return NONE if margin is None else margin


def margin_told(projection: Projection) -> float | None:
    """The share of revenue left after the goods, as last judged; None where it is not known."""
    kept = projection.sql.execute("select body from value_told").fetchall()
    margin = msgspec.json.decode(kept[0][0]).get("margin") if kept else None
    return None if margin is None else float(margin)


def _capacity(shop: Shopwide) -> float:
    most = shop.policy.aims.gate.monthly_capacity
    return NONE if not most else shop.orders(MONTH) / most


def _unified(shop: Shopwide) -> float:
    """Of the people who bought lately, those known by phone or e-mail."""
    known = pa.table({"identifier": pa.array(shop.record.reached_by(KNOWN_BY), pa.int64())})
    shop.projection.sql.register("reached", known)
    found = shop.one(
        "select avg((person in (select person from people "
        "where identifier in (select identifier from reached)))::int) "
        "from (select distinct person from purchases where day > ?)", shop.day - QUARTER,
    )  # fmt: skip
    shop.projection.sql.unregister("reached")
    return found


def _focus(shop: Shopwide) -> float:
    """Of the messages of a month, those to people of the group that the stage is about."""
    sent = shop.record.went_out(shop.now - MONTH * DAY)
    if np.isnan(shop("stage")) or not sent.num_rows:
        return NONE
    bit = 1 << (int(shop("stage")) - 1)
    shop.projection.sql.register("sent", sent)
    found = shop.one(
        "select avg(coalesce((members & ? > 0)::int, 0)) from sent "
        "left join scores using (person)", bit,
    )  # fmt: skip
    shop.projection.sql.unregister("sent")
    return found


def _acquisition_share(shop: Shopwide) -> float:
    contact, won = (shop.paid(Cost(what), MONTH) for what in _CONTACT)
    return _share(won, contact + won)


def _care_share(shop: Shopwide) -> float:
    return shop.one(
        "select sum(grade * (coalesce(members, 0) & ? > 0)::int)::double / nullif(sum(grade), 0) "
        'from events left join scores using (person) where kind = ? and "at" > ? and "at" <= ?',
        CARED_FOR, CODES["support_given"], shop.now - QUARTER * DAY, shop.now,
    )  # fmt: skip


def _cac(shop: Shopwide, until: int = 0) -> float:
    spent = shop.paid(Cost.ACQUISITION, until + QUARTER, until)
    return _share(spent, shop.newcomers(until + QUARTER, until)) if spent else NONE


def _cac_change(shop: Shopwide) -> float:
    return _share(_cac(shop), _cac(shop, QUARTER))


def _newcomer_value(shop: Shopwide) -> float:
    return shop.one(
        'select avg(value) from "values" join tallies using (person) where first_order > ?',
        shop.day - YEAR,
    )


def _minutes_change(shop: Shopwide) -> float:
    before = _share(shop.help(2 * QUARTER, QUARTER), shop.orders(2 * QUARTER, QUARTER))
    return _share(_share(shop.help(QUARTER), shop.orders(QUARTER)), before)


def _valuable(shop: Shopwide) -> float:
    bit = 1 << GROUPS.index("valuable")
    return shop.one("select count(*) from scores where members & ? > 0", bit)


def _fans(shop: Shopwide) -> float:
    top = len(shop.policy.levels) - 1
    return shop.one("select count(*) from placements where level = ?", top)


ASKED: Mapping[str, Callable[[Shopwide], float]] = {
    "stage": _stage,
    "launched": _launched,
    "days_since_launch": _days_since_launch,
    "gate_open": lambda shop: float(shop.told.gate.opened) if shop.told else 0.0,
    "gate_readiness": lambda shop: shop.told.gate.readiness if shop.told else 0.0,
    "programme": lambda shop: float(shop.version.settings.programme),
    "shop_people": lambda shop: shop.one("select count(*) from placements"),
    "shop_buyers": lambda shop: shop.one("select count(*) from placements where orders > 0"),
    "shop_fans": _fans,
    "shop_valuable": _valuable,
    "shop_waiting": lambda shop: float((shop.waiting() > LATE).sum()),
    "shop_margin": _margin,
    "capacity_share": _capacity,
    "selling_channels": lambda shop: shop.record.selling_sources(shop.now - QUARTER * DAY),
    "unified_share": _unified,
    "focus_share": _focus,
    "acquisition_share": _acquisition_share,
    "care_share": _care_share,
    "cac": _cac,
    "newcomer_value": _newcomer_value,
    "cac_change": _cac_change,
    "minutes_change": _minutes_change,
}

"""The stage, the gate and the budget: computed once people are placed, and what the owner says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import msgspec

from thang.engines.duckdb import Projection
from thang.model import DAY, WrongInput
from thang.policy.aims import STAGES
from thang.policy.load import read_policy
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.record.findings import Finding
from thang.river.stage.allocation import allocate
from thang.river.stage.chain import Reading
from thang.river.stage.checks import Check, checks
from thang.river.stage.gate import GateState, Override, gate_state, opens, passed
from thang.river.stage.word import Word, shown
from thang.workspace.buyers import shop_day
from thang.workspace.gate_counts import COUNTED, gate_signals, week_of
from thang.workspace.margins import margins
from thang.workspace.stage_counts import MONTH_DAYS
from thang.workspace.stage_months import readings_until
from thang.workspace.staged import Month, StageAnswer, Staged

if TYPE_CHECKING:
    from thang.workspace.pages import Look

WORDS, GATE = "stage_word", "gate"  # findings
LEAST_CYCLE = 30  # days, of whoever buys oftener: nobody's habits are known by the week
LONGEST = 500  # letters of a reason
MOST = 10**9  # of whatever an owner counts


def stage_now(record: Record, projection: Projection, version: PolicyVersion) -> StageAnswer:
    """Judge the stage and the gate as of the last classification, and keep what is told."""
    policy = read_policy(version.text)
    as_of = projection.meta("as_of") or 0
    told = _judged(record, projection, policy, version, as_of)
    with projection.one_commit():
        projection.sql.execute("delete from stage_told")
        projection.sql.execute(
            "insert into stage_told values (?)", [msgspec.json.encode(told).decode()]
        )
    return StageAnswer(told)


def stage_told(projection: Projection) -> Staged | None:
    """What the last judging said."""
    kept = projection.sql.execute("select body from stage_told").fetchall()
    return msgspec.json.decode(kept[0][0], type=Staged) if kept else None


def _judged(
    record: Record, projection: Projection, policy: Policy, version: PolicyVersion, as_of: int
) -> Staged:
    aims = policy.aims
    months, counts, now = readings_until(
        record, projection, policy, version.version, _cycle(record, version, as_of), as_of,
        lambda: margins(projection, policy, as_of),
    )  # fmt: skip
    words = [Word(one.at, **one.body) for one in record.findings(WORDS)]
    said = record.findings(GATE)
    day = shop_day(as_of, policy.shop.tz) + 1
    found = checks(gate_signals(projection, counts, aims, day, said), aims.gate, aims.stage)
    gate = _gate(record, policy, found, said, as_of, day)
    return Staged(
        as_of, version.version, shown(months, now, words, aims.stage), now,
        tuple(_month(one) for one in months), gate,
        allocate(now.chances, gate.opened, aims.budget),
    )  # fmt: skip


def _cycle(record: Record, version: PolicyVersion, as_of: int) -> int:
    """Days between two orders, as usual in the shop."""
    bars = [bar for bar in record.bars(version.version) if bar.quarter <= as_of]
    return max(bars[-1].gap // DAY if bars else 0, LEAST_CYCLE)


def _month(one: Reading) -> Month:
    return Month(one.at, one.leads, one.confidence, one.enough, one.chances)


def _gate(
    record: Record, policy: Policy, found: tuple[Check, ...], said: Sequence[Finding], as_of: int,
    day: int,
) -> GateState:  # fmt: skip
    """The gate by its checks, each week's last look kept; and by the owner's override."""
    looks = [one.body for one in said if one.body["check"] == "week" and one.at <= as_of]
    week = week_of(day - 1)
    by_week = {look["week"]: frozenset(look["passed"]) for look in looks if look["week"] < week}
    was_open = bool(looks and looks[-1]["opened"])
    earned = opens(was_open, list(by_week.values()), found, policy.aims.gate)
    look = {"check": "week", "week": week, "passed": sorted(passed(found)), "opened": earned}
    if not looks or looks[-1] != look:
        record.add_finding(GATE, as_of, look)
    overrides = [_override(one) for one in said if one.body["check"] == "override"]
    return gate_state(earned, found, overrides, as_of)


def _override(one: Finding) -> Override:
    return Override(one.at, **{name: value for name, value in one.body.items() if name != "check"})


class Staging(ABC):
    """The verbs of the stage. Before anybody is placed each is `WrongInput`.

    `by` is who says it, `months` how long it holds (0: as long as the policy lets it).
    """

    def stage(self, *, anew: bool = False) -> StageAnswer:
        """The stage as last judged; with `anew` judged first where that is due."""
        with self._look() as look:
            if anew:
                self._judge_if_due(look)
            return StageAnswer(stage_told(look.projection))

    def agree_with_stage(self, by: str) -> StageAnswer:
        """The owner agrees with the computed stage; a word that said another holds no more."""
        with self._alone(), self._look() as look:
            told = stage_told(look.projection) or _judge(look).told
            stage = told.shown.settled if told else 0
            body = {"stage": stage, "reason": "", "by": by, "until": 0}
            look.record.add_finding(WORDS, _as_of(look), body)
            return _judge(look)

    def say_stage(self, stage: int, reason: str, by: str, months: int = 0) -> StageAnswer:
        """The owner's word: the business stands at this stage, 0 to 4, for a while."""
        if not 0 <= stage < len(STAGES):
            raise WrongInput("There are five stages: give a number from 1 to 5.")
        with self._alone(), self._look() as look:
            until = _until(look, months)
            body = {"stage": stage, "reason": _reason(reason), "by": by, "until": until}
            look.record.add_finding(WORDS, _as_of(look), body)
            return _judge(look)

    def override_gate(self, opened: bool, reason: str, by: str, months: int = 0) -> StageAnswer:
        """The gate as the owner wants it, with a reason that is kept."""
        with self._alone(), self._look() as look:
            body = {"opened": opened, "reason": _reason(reason), "by": by}
            return _note(look, "override", body | {"until": _until(look, months)})

    def end_gate_override(self, by: str) -> StageAnswer:
        """The gate stands as its checks say again."""
        with self._alone(), self._look() as look:
            body = {"opened": False, "reason": "", "by": by, "until": _as_of(look)}
            return _note(look, "override", body)

    def count_for_gate(self, check: str, k: int, n: int, by: str) -> StageAnswer:
        """What events cannot tell: `k` of `n` parcels in time, or test referrals that arrived."""
        if check not in COUNTED:
            raise WrongInput("What is counted is not known: count on_time or attributed.")
        if not 0 <= k <= n or not 0 < n <= MOST:
            raise WrongInput("That is no count: give two numbers, the first no greater.")
        with self._alone(), self._look() as look:
            return _note(look, check, {"k": k, "n": n, "by": by, "until": _until(look, 0)})

    def publish_terms(self, by: str) -> StageAnswer:
        """The terms are published, and orders of every channel come to one person."""
        with self._alone(), self._look() as look:
            return _note(look, "published", {"by": by, "until": _until(look, 0)})

    def start_pilot(self, people: int, by: str) -> StageAnswer:
        """A few viral people are invited as of now; `people`: how many, 0 calls the pilot off."""
        if not 0 <= people <= MOST:
            raise WrongInput("That is no count of people: give how many are invited.")
        with self._alone(), self._look() as look:
            return _note(look, "pilot", {"people": people, "by": by})

    def _alone(self) -> AbstractContextManager[object]:
        """While the derived tables are written to, nobody else writes to them."""
        return nullcontext()

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _judge_if_due(self, look: Look) -> None:
        """Bring value, stage and groups up to the last classification."""


def _judge(look: Look) -> StageAnswer:
    version = look.record.policy(look.projection.meta("version"))
    look.projection.note(judged=0)  # main groups go by the stage
    return stage_now(look.record, look.projection, version) if version else StageAnswer(None)


def _note(look: Look, check: str, body: dict[str, Any]) -> StageAnswer:
    look.record.add_finding(GATE, _as_of(look), {"check": check, **body})
    return _judge(look)


def _as_of(look: Look) -> int:
    return look.projection.meta("as_of") or 0


def _until(look: Look, months: int) -> int:
    if not 0 <= months <= 36:
        raise WrongInput("That is too long: give 1 to 36 months.")
    months = months or look.policy.aims.stage.override_months
    return _as_of(look) + int(months * MONTH_DAYS * DAY)


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise WrongInput("Say why: the reason is kept beside the decision.")
    if len(said) > LONGEST:
        raise WrongInput("The reason is too long: say it in 500 letters.")
    return said

"""What the groups are measured by for a quarter: what the shop's people are like on the whole.

Frozen as a finding when a quarter is first judged, so that nobody's score moves because the
measure did; made anew under another policy, or when people have doubled or halved since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from thang.engines.duckdb import Projection
from thang.policy.aims import Groups
from thang.record import Record
from thang.river.groups.lifting import Lift, lift
from thang.river.groups.shrinking import Believed, Origin, of_rates, of_shares
from thang.river.groups.traits import Trait, forgiving, viral, willing
from thang.workspace.tallied import Tallied, sample

WHAT, FORM = "yardstick_groups", 1
SAMPLE = 500_000  # people that suffice to learn a shop from
PRIORS = ("try", "retry", "voice", "stay", "wait", "bring")


@dataclass(frozen=True)
class GroupYardstick:
    """The priors by `PRIORS`, and what outward acts tell of bringing friends, if anything."""

    policy: int
    people: int
    priors: Mapping[str, Believed]
    lift: Lift | None

    def traits(self, of: Tallied, rules: Groups) -> tuple[Trait, Trait, Trait]:
        """Willing, forgiving and viral of some people."""
        prior = self.priors
        return (
            willing(of.tries, (prior["try"], prior["retry"], prior["voice"]), rules.willing),
            forgiving(of.failures, (prior["stay"], prior["wait"]), rules.forgiving),
            viral(of.outward, prior["bring"], self.lift, rules.viral),
        )


def group_yardstick(
    record: Record, projection: Projection, rules: Groups, version: int, quarter: int, as_of: int
) -> GroupYardstick:
    """The quarter's, made and kept if there is none that holds."""
    ((people,),) = projection.sql.execute("select count(*) from tallies").fetchall()
    kept = [one.body for one in record.findings(WHAT) if one.at == quarter]
    for body in reversed(kept):
        if body.get("form") == FORM and body["policy"] == version:
            if body["people"] <= 2 * people and people <= 2 * body["people"]:
                return restored(body)
            break
    found = made(projection, rules, version, people, as_of)
    record.add_finding(WHAT, quarter, {"form": FORM, **asdict(found)})
    return found


def made(
    projection: Projection, rules: Groups, version: int, people: int, as_of: int
) -> GroupYardstick:
    """Learnt from people of today."""
    of, shrinkage = sample(projection, as_of, max(1, people // SAMPLE)), rules.shrinkage
    tries, failures, outward = of.tries, of.failures, of.outward
    asked = rules.willing
    bring = of_rates(outward.referrals, outward.years, rules.viral.prior, shrinkage)
    priors = {
        "try": of_shares(tries.try_k, tries.try_n, asked.prior_try, shrinkage),
        "retry": of_shares(tries.retry_k, tries.retry_n, asked.prior_retry, shrinkage),
        "voice": of_rates(tries.voice, tries.months, asked.prior_voice, shrinkage),
        "stay": of_shares(failures.forgiven, failures.chances, rules.forgiving.prior, shrinkage),
        "wait": of_shares(
            failures.wish_active, failures.wish_months, rules.forgiving.prior, shrinkage
        ),
        "bring": bring,
    }
    acts = lift(outward.referrals, outward.years, outward.acts, bring)
    return GroupYardstick(version, people, priors, acts)


def restored(body: Mapping[str, Any]) -> GroupYardstick:
    """The one that was kept."""
    priors = {
        name: Believed(**{**prior, "origin": Origin(prior["origin"])})
        for name, prior in body["priors"].items()
    }
    acts = body["lift"]
    known = Lift(acts["constant"], tuple(acts["slopes"]), acts["shape"]) if acts else None
    return GroupYardstick(body["policy"], body["people"], priors, known)

"""The shops one can ask for by name."""

from __future__ import annotations

from dataclasses import replace

from thang.simulate.dials import Dials
from thang.simulate.effects import Campaign
from thang.simulate.path import Course
from thang.simulate.scenario import Scenario

# Bad when it begins, and loud all the same: its capacity is that of a small kitchen.
TOO_EARLY = Course(
    dwell_months=(2.5, 16.0, 4.5, 9.0),
    incidents=(0.30, 0.06),
    arrivals=(0.15, 1.6, 1.6, 1.2, 1.2, 1.2),
    capacity=4.0,
)
# Young and not yet careful: much goes wrong, and not all of it is put right.
DEMO = Course(
    dwell_months=(1.6, 6.0, 4.0, 10.0), incidents=(0.18, 0.05), resolves_well=(0.55, 0.75)
)
NOTHING = tuple(Campaign(f"khong-{number:02d}", 4 + 3 * number) for number in range(10))

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("tiny", people=120, months=36),
        Scenario("small", people=1_000, months=36),
        Scenario("mid", people=20_000, months=36),
        Scenario("demo", people=600, months=30, course=DEMO),
        Scenario("large", people=300_000, months=24),
        Scenario("no_programme", people=1_000, months=36, programme=False),
        Scenario("seasonal", people=1_000, months=36, seasonal=True),
        Scenario("crash", people=1_000, months=36, course=Course(crash_month=26.0)),
        Scenario("viral_too_early", people=1_000, months=36, course=TOO_EARLY, pushed=True,
                 dials=replace(Dials(), tells=1 / 120)),
        Scenario("fraud_ring", people=1_000, months=36, rings=4),
        Scenario("null_campaigns", people=1_000, months=36, campaigns=NOTHING),
    )
}  # fmt: skip

"""Two years of one person as a game of chance, to judge closed forms by."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

from thang.model import DAY
from thang.simulate.dials import Dials
from thang.simulate.instants import local
from thang.simulate.path import Path
from thang.simulate.season import BUSIEST, busyness
from thang.simulate.traits import Traits
from thang.simulate.truth import TruePerson, Truth


class Game:
    """Two years of one person, by the specification, without any of the simulator's acts."""

    def __init__(self, truth: Truth, goods: dict[str, float], at: int) -> None:
        scenario = truth.scenario
        self.path = Path(scenario.course, scenario.start, scenario.end, scenario.seed)
        self.dials: Dials = scenario.dials
        shares = [(k / 60) ** 0.5 - ((k - 1) / 60) ** 0.5 for k in range(1, 61)]
        self.goods = sum(s * goods[f"SP{k:02d}"] for k, s in enumerate(shares, 1))
        first = local(at, scenario.tz).date()
        self.at, self.busy = at, [self._busy(first + timedelta(days=n)) for n in range(732)]

    @staticmethod
    def _busy(day: date) -> float:
        return busyness(day) / BUSIEST

    def play(self, person: TruePerson, run: int) -> tuple[float, float]:
        """Orders taken, and their margin discounted by 12 % a year."""
        luck, traits = random.Random(f"{person.key}/{run}"), person.traits
        waiting = [self._wait(luck, 0.0, traits.orders)]  # instants in days, chain first
        chain, taken, worth, gone = True, 0, 0.0, math.inf
        while waiting:
            day = min(waiting)
            own = chain and day == waiting[0]
            waiting.remove(day)
            if day >= min(gone, 730.0):
                break
            chain = chain and not own
            then = self.at + int(day * DAY)
            leave, extra, lag, money = self._order(luck, traits, then)
            worth += money * 1.12 ** (-day / 365.25)
            taken += money > 0
            if leave:
                gone = min(gone, day + lag + 1.0)
            elif own:
                waiting.insert(0, self._wait(luck, day + lag, traits.orders))
                chain = True
            if extra:
                waiting.append(day + lag + 4.0 + luck.expovariate(1 / 18.0))
        return float(taken), worth

    def _wait(self, luck: random.Random, since: float, rate: float) -> float:
        day = since
        while day < 731.0:
            day += luck.expovariate(rate * BUSIEST)
            if day < 731.0 and luck.random() < self.busy[int(day)]:
                return day
        return 800.0

    def _order(
        self, luck: random.Random, traits: Traits, at: int
    ) -> tuple[bool, bool, float, float]:
        """Whether they leave, whether they come back for more, days it took, margin."""
        dials, path = self.dials, self.path
        if luck.random() < dials.cancels:
            return False, False, 0.4, 0.0
        lag, drops = luck.randint(1, 5), min(traits.drops * path.weary(at), 1.0)
        if luck.random() < traits.refuses:
            return luck.random() < min(drops + 0.25, 1.0), False, lag, -float(dials.refused)
        price = traits.ticket * (0.9 if luck.random() < traits.price_sensitive / 2 else 1.0)
        money = price * (1.0 - self.goods - dials.fee) - dials.subsidy
        if luck.random() < dials.refunds:
            money -= price if luck.random() < 0.5 else price * luck.uniform(0.15, 0.6)
        if luck.random() >= path.incidents(at):
            return luck.random() < drops, False, lag, money
        severity = luck.choices((1, 2, 3), (0.55, 0.33, 0.12))[0]
        good = luck.random() < path.resolves_well(at)
        z = math.log(traits.forgiving / (1 - traits.forgiving)) + good - 0.7 * severity
        back = luck.random() < 1 / (1 + math.exp(-z))
        if not back and luck.random() < dials.charges_back:
            money -= price
        return not back, back, lag, money

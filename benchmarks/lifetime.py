"""`python -m benchmarks.lifetime`: lifetime value of 1 and 10 million, beside `lifetimes`.

Each run is a process of its own, so that its most memory is its own. Customers are drawn from
BG/NBD (r .6, α 55 days, a .8, b 2.5; observed for 14 to 730 days) and kept in `.cache/bench`.
The peer is the dependency group `peers`; where it is not installed its row is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from thang.river.lifetime.fitted import fitted
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.scoring import Terms
from thang.river.lifetime.spending import spending_of
from thang.river.lifetime.value import Lifetime

FOLDER = Path(".cache/bench").absolute()
NAMES = ("frequency", "recency", "age", "spend")
HORIZON = 180.0


def draw(people: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Lives of BG/NBD with orders of Gamma-Gamma, all at once, purchase after purchase."""
    dice = np.random.default_rng(seed)
    age = dice.integers(14, 731, people).astype(np.int32)
    pace, leaves = dice.gamma(0.6, 1 / 55, people), dice.beta(0.8, 2.5, people)
    frequency, recency = np.zeros(people, np.int32), np.zeros(people, np.int32)
    now, going = np.zeros(people), np.arange(people)
    while len(going):
        now[going] += dice.exponential(1 / pace[going])
        going = going[now[going] < age[going]]
        day = np.maximum(np.floor(now[going]), 1).astype(np.int32)
        frequency[going] += day > recency[going]
        recency[going] = day
        going = going[dice.random(len(going)) > leaves[going]]
    orders = np.maximum(frequency, 1)
    spend = dice.gamma(6.0 * orders) / dice.gamma(4.0, 1 / 15.0, people) / orders * 1000
    spend[frequency == 0] = 0
    return {"frequency": frequency, "recency": recency, "age": age, "spend": spend}


def customers(people: int) -> dict[str, np.ndarray]:
    """The drawn customers, made once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    paths = {name: FOLDER / f"customers-{people}-{name}.npy" for name in NAMES}
    if not all(path.exists() for path in paths.values()):
        for name, values in draw(people).items():
            np.save(paths[name], values)
    return {name: np.load(path) for name, path in paths.items()}


def summary_of(people: int) -> Summary:
    """Their summary; the first order is left as the mean of the others."""
    x, t, age, spend = customers(people).values()
    return Summary(np.arange(people), x, t, age, x, spend, spend)


def ours(people: int, model: str = "bg") -> dict[str, float]:
    """Collapse, fit, and score everybody: purchases and P(alive)."""
    summary = summary_of(people)
    started, spent = time.perf_counter(), time.process_time()
    cells = summary.cells
    found = fitted(MODELS[model], cells)
    known = time.perf_counter()
    alive = found.alive(cells)
    told = alive * found.moments(cells, HORIZON, 0.0).purchases[cells.pair]
    told, alive = told[cells.place], alive[cells.place]
    ended, cpu = time.perf_counter(), time.process_time() - spent
    return {
        "fit": known - started, "whole": ended - started, "cpu": cpu, "rows": len(cells),
        "mean": float(told.mean()), "alive": float(alive.mean()),
    }  # fmt: skip


def whole(people: int) -> dict[str, float]:
    """What a shop gets: both models, money, notes and predictive intervals, batch after batch."""
    summary = summary_of(people)
    started, spent = time.perf_counter(), time.process_time()
    buying, leaving = (fitted(MODELS[name], summary.cells) for name in ("bg", "mbg"))
    found = Lifetime(summary, buying, leaving, spending_of(summary), ())
    total = sum(float(part.value.sum()) for part in found.scores(Terms()))
    ended, cpu = time.perf_counter(), time.process_time() - spent
    return {
        "whole": ended - started,
        "cpu": cpu,
        "rows": len(summary.cells),
        "mean": total / people,
    }


def peer(people: int) -> dict[str, float]:
    """`lifetimes` on the same arrays: fit, purchases and P(alive)."""
    from lifetimes import BetaGeoFitter  # noqa: PLC0415 - only where it is installed

    warnings.simplefilter("ignore")
    x, t, age, _ = customers(people).values()
    started, spent = time.perf_counter(), time.process_time()
    found = BetaGeoFitter().fit(x, t, age)
    known = time.perf_counter()
    told = found.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, t, age)
    alive = found.conditional_probability_alive(x, t, age)
    ended, cpu = time.perf_counter(), time.process_time() - spent
    return {
        "fit": known - started, "whole": ended - started, "cpu": cpu, "rows": people,
        "mean": float(np.mean(told)), "alive": float(np.mean(alive)),
    }  # fmt: skip


TASKS: dict[str, Callable[[int], dict[str, float]]] = {
    "ours": ours,
    "pareto": lambda people: ours(people, "pareto"),
    "whole": whole,
    "peer": peer,
}


def measured(task: str, people: int) -> dict[str, float]:
    """One task in a process of its own: its seconds and its most memory."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.lifetime", "--task", task, "--people", str(people)],
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"}, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(told.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--task", choices=TASKS)
    asked = parser.parse_args()
    if asked.task:
        said = TASKS[asked.task](asked.people[0])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(said | {"peak": peak, "load": os.getloadavg()[0]}))
        return
    names = ["customers", "what", "rows", "fit s", "all s", "CPU s", "peak MB", "mean", "x CPU"]
    print("| " + " | ".join(names) + " |\n" + "|---" * len(names) + "|")
    for people in asked.people:
        customers(people)
        tasks = ["ours", "whole"]
        if people <= 1_000_000:
            tasks += ["pareto", *(["peer"] if importlib.util.find_spec("lifetimes") else [])]
        base = 0.0
        for task in tasks:
            cost = measured(task, people)
            base = base or cost["cpu"]
            cells = (
                f"{people:,}", task, f"{cost['rows']:,.0f}", f"{cost.get('fit', 0):.3f}",
                f"{cost['whole']:.3f}", f"{cost['cpu']:.3f}", f"{cost['peak']:,.0f}",
                f"{cost['mean']:.5g}", f"{cost['cpu'] / base:.1f}",
            )  # fmt: skip
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

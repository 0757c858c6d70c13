"""Measuring one thing in a process of its own: wall and CPU seconds, and its most memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Cost:
    """What one run cost; `said` is what it printed as JSON."""

    wall: float
    cpu: float
    peak_mb: float
    said: dict[str, float]


def cost_of(task: str, *words: str) -> Cost:
    """Run `python -m benchmarks.tasks TASK WORDS…` and watch it; tasks time their own inside."""
    command = [sys.executable, "-m", "benchmarks.tasks", task, *words]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"}
    )
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.02)
    out = process.stdout.read().decode() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{task} {words} failed")
    said = json.loads(out.strip().splitlines()[-1])
    return Cost(time.perf_counter() - started, said.pop("cpu"), peak / 1e6, said)


def machine() -> str:
    """What it was measured on, in one line."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    model = named[0] if named else model
    memory = psutil.virtual_memory().total / 2**30
    python = sys.version.split()[0]
    return f"{psutil.cpu_count()} cores of {model}, {memory:.0f} GiB, Python {python}"


def help_seconds() -> float:
    """The quickest of five `thang --help`, each a process of its own."""
    command = [sys.executable, "-m", "thang", "--help"]
    found = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": "src"}
        )
        found.append(time.perf_counter() - started)
    return min(found)

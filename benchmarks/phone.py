"""The ladder page on a cheap phone: `python -m benchmarks.phone [--runs 5]`.

Chromium with a processor four times slower, 1.6 Mbit/s and 150 ms a round trip, an empty
cache each time, against a real server of the demo shop. Script is counted as it travels.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.browser.demo import Served, served_demo

PHONE = {"width": 390, "height": 844}
SLOWER = 4
BYTES_A_SECOND = 1_600_000 / 8
ROUND_TRIP_MS = 150
TIMES = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const script = performance.getEntriesByType('resource').filter((r) => r.name.endsWith('.js'));
  return {
    paint: paint ? paint.startTime : 0, ready: page.domContentLoadedEventEnd,
    loaded: page.loadEventEnd, html: page.encodedBodySize,
    script: script.reduce((sum, r) => sum + r.encodedBodySize, 0),
  };
}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Milliseconds from the click to the first paint, to ready (scripts run) and to loaded."""

    paint: float
    ready: float
    loaded: float
    html: int
    script: int


def visit(browser: Browser, served: Served, path: str, *, slow: bool) -> Visit:
    """One visit with nothing cached."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]
    context.add_cookies([served.cookie])  # type: ignore[list-item]
    page = context.new_page()
    if slow:
        phone = context.new_cdp_session(page)
        phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        phone.send("Network.enable")
        phone.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": ROUND_TRIP_MS,
            "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND,
        })  # fmt: skip
    page.goto(served.address + path, wait_until="load")
    found = page.evaluate(TIMES)
    context.close()
    return Visit(**found)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| page | profile | first paint ms | ready ms | loaded ms | HTML kB | script kB |")
    print("|---|---|---|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        served_demo(Path(folder) / "shop") as served,
        chromium() as browser,
    ):
        for path in ("/ladder", "/customers", f"/customers/{served.somebody}"):
            for slow in (False, True):
                seen = [visit(browser, served, path, slow=slow) for _ in range(runs + 1)][1:]
                times = (statistics.median(getattr(v, n) for v in seen)
                         for n in ("paint", "ready", "loaded"))  # fmt: skip
                name = path if "p_" not in path else "/customers/…"
                print(
                    f"| {name} | {'phone' if slow else 'laptop'} | "
                    + " | ".join(f"{t:.0f}" for t in times)
                    + f" | {seen[0].html / 1000:.1f} | {seen[0].script / 1000:.1f} |"
                )


if __name__ == "__main__":
    main()

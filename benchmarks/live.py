"""`python -m benchmarks.live`: how soon an event that was sent stands on its person's page.

A shop of so many people, all told over HTTP; then somebody new buys, again and again, and each
time their page is asked for until it shows them placed. Adds the figures to benchmarks/ingest.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time

import httpx

from benchmarks.ingest import EACH, RESULTS, SENDERS, request, sent, served

TRIES = 12
PEOPLE = 5_000  # of `benchmarks.ingest`'s requests
ADDED = """
## How soon it is seen

`python -m benchmarks.live`: {people:,} people with {events:,} events; somebody new buys,
{tries} times. Their page and the ladder show it {half:.2f} s after the request began (the slowest:
{most:.2f} s; asked: 2 s), with a load of {load:.0f} on the machine.
"""


def seen_after(client: httpx.Client, number: int) -> float:
    """Seconds from the sending of an order until its buyer is placed."""
    who = f"NEW{number}"
    told = {"order_id": f"N{number}", "revenue": 560_000, "currency": "VND"}
    call = {"userId": who, "event": "Order Completed", "messageId": who, "properties": told}
    began = time.perf_counter()
    client.post("/v1/track", json=call).raise_for_status()
    while client.get(f"/api/people/{who}/timeline").status_code != 200:
        time.sleep(0.02)
    return time.perf_counter() - began


def settled(client: httpx.Client) -> None:
    """Wait until everybody is placed and the worker rests."""
    while client.get("/healthz").json()["state"] != "fresh":
        time.sleep(0.5)


def main() -> None:
    """Measure, and add to the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=400)
    batches = parser.parse_args().batches
    with served("with") as (process, address, key):
        requests = [request(n, key) for n in range(batches)]
        asyncio.run(sent(process, address, requests, SENDERS))
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
            settled(client)
            took = sorted(seen_after(client, n) for n in range(TRIES))
    text = ADDED.format(
        people=PEOPLE + TRIES, events=batches * EACH, tries=TRIES,
        half=took[TRIES // 2], most=took[-1], load=os.getloadavg()[0],
    )  # fmt: skip
    page = RESULTS.read_text("utf-8").split("\n## ")[0]
    RESULTS.write_text(page + text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()

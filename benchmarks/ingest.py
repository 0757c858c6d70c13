"""`python -m benchmarks.ingest`: events a second over HTTP until they are on disk.

Beside it, in the same run, the same server without a store; then ten times as many senders as
fill the queue: what is taken, how soon, what is told to come again, and how it recovers.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.measure import machine

RESULTS = Path("benchmarks/ingest.md")
EACH = 100
SENDERS = 24
CROWD = 320
NAMES = ("Product Viewed", "Product Added", "Checkout Started", "Signed In", "Order Completed")
PAGE = """# Events over HTTP

`python -m benchmarks.ingest` on {machine},
shared with other work and with the senders themselves: batches of {each} events from {senders}
senders to one `thang serve`, each answered once it is on disk (SQLite WAL, `synchronous=FULL`);
the worker folds what arrives meanwhile. The machine's load at the end was {load:.0f}.

| what | events/s | p50 ms | p99 ms | server's CPU us an event |
|---|---|---|---|---|
| on disk | {disk.told} |
| the same without a worker | {calm.told} |
| the same server without a store | {none.told} |
| {crowd} senders, each again at once | {full.told} |

Storing reaches {share:.2f} of the server without a store (asked: 0.25) and {disk.rate:,.0f}
events/s (asked: 40,000), {calm_share:.2f} and {calm.rate:,.0f} while nobody is folded. Of the
{crowd} senders' {tries:,} requests {later:,} were answered 503 with `Retry-After`; afterwards a
request takes {after:.0f} ms. Memory: {full.memory:,.0f} MB after the crowd, {disk.memory:,.0f}
MB before.
"""


@dataclass
class Told:
    """What the senders saw."""

    seconds: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    taken: list[float] = field(default_factory=list)
    later: int = 0

    @property
    def rate(self) -> float:
        """Events a second that were answered with 200."""
        return len(self.taken) * EACH / self.seconds

    @property
    def told(self) -> str:
        """Its row."""
        return f"{self.rate:,.0f} | {self.p50:.0f} | {self.p99:.0f} | {self.cpu:.0f}"

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return sorted(self.taken)[len(self.taken) // 2] * 1000

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return sorted(self.taken)[len(self.taken) * 99 // 100] * 1000


@contextmanager
def served(kind: str) -> Iterator[tuple[psutil.Process, str, str]]:
    """A server over a new shop: its process, its address and its write key."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "benchmarks.ingest_server", f"{folder}/shop", kind]
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"}
        )
        assert process.stdout
        told = json.loads(process.stdout.readline())
        address = told["address"].split("/welcome")[0]
        try:
            yield psutil.Process(process.pid), address, told["key"]
        finally:
            process.kill()
            process.wait()


def request(number: int, key: str) -> bytes:
    """One batch of plausible events, ready to be written to a socket."""
    calls = []
    for n in range(number * EACH, (number + 1) * EACH):
        name = NAMES[n % 5]
        told = {"product_id": f"SP{n % 500}", "price": 120_000, "quantity": 1}
        if name == "Order Completed":
            told = {"order_id": f"W{n}", "revenue": 560_000, "currency": "VND"}
        calls.append({
            "type": "track", "event": name, "messageId": f"{number:08x}-{n:012x}",
            "userId": f"KH{n % 5_000}", "timestamp": "2026-03-05T03:00:04.123Z",
            "properties": told, "context": {"library": {"name": "benchmark", "version": "1"}},
        })  # fmt: skip
    body = json.dumps({"batch": calls}).encode()
    basic = base64.b64encode(f"{key}:".encode()).decode()
    head = f"POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {basic}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def sender(address: str, requests: list[bytes], told: Told) -> None:
    """Send what is left, one after another over one connection; what is refused, again."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    while requests:
        one = requests.pop()
        began = time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        if head.startswith(b"HTTP/1.1 200"):
            told.taken.append(time.perf_counter() - began)
        else:
            told.later += 1
            requests.insert(0, one)
    writer.close()


async def sent(process: psutil.Process, address: str, requests: list[bytes], senders: int) -> Told:
    """Everything sent by so many at once."""
    told, spent = Told(), sum(process.cpu_times()[:2])
    began = time.perf_counter()
    await asyncio.gather(*(sender(address, requests, told) for _ in range(senders)))
    told.seconds = time.perf_counter() - began
    told.cpu = (sum(process.cpu_times()[:2]) - spent) / (len(told.taken) * EACH) * 1e6
    told.memory = process.memory_info().rss / 1e6
    return told


def run(kind: str, batches: int, crowd: int = 0) -> list[Told]:
    """One server: warmed up, then the senders, then the crowd and one more after it."""
    with served(kind) as (process, address, key):
        parts = [(20, SENDERS), (batches, SENDERS), *([(batches, crowd), (1, 1)] if crowd else [])]
        told, number = [], 0
        for many, senders in parts:
            requests = [request(number + n, key) for n in range(many)]
            number += many
            told.append(asyncio.run(sent(process, address, requests, senders)))
    return told[1:]


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=1_500)
    batches = parser.parse_args().batches
    (none,) = run("without", batches)
    (calm,) = run("calm", batches)
    disk, full, after = run("with", batches, CROWD)
    text = PAGE.format(
        machine=machine(), load=os.getloadavg()[0], each=EACH, senders=SENDERS, crowd=CROWD,
        disk=disk, none=none,
        full=full, calm=calm, share=disk.rate / none.rate,
        calm_share=calm.rate / none.rate, tries=len(full.taken) + full.later,
        later=full.later, after=after.p50,
    )  # fmt: skip
    RESULTS.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()

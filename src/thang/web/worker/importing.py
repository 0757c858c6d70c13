"""The worker's tasks over files: each in a child process that is watched, and may be stopped."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any

from thang.desk.jobs import Job
from thang.model import WrongInput
from thang.web.incoming import Incoming
from thang.web.worker.bench import Bench

BEAT = 1.0  # seconds between two signs of life while nothing is told
CHECK, IMPORT = "check", "import"


def check_file(bench: Bench, job: Job) -> dict[str, Any]:
    """Recognise and check a file that was brought."""
    return _child(bench, job, CHECK)


def import_file(bench: Bench, job: Job) -> dict[str, Any]:
    """Import a file that was brought; it is removed when it is in."""
    result = _child(bench, job, IMPORT)
    if result:
        Incoming(bench.shop.folder.incoming).drop(job.input["upload"])
    return result


def _child(bench: Bench, job: Job, verb: str) -> dict[str, Any]:
    """Run the child to its end. Without a last word it was cut off, and so is the job."""
    words = [sys.executable, "-m", "thang.web.worker.child", verb]
    words += [str(bench.shop.folder.path), job.input["upload"]]
    process = subprocess.Popen(  # noqa: S603 - our own module, with an id of our own making
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    bench.child = process
    said: dict[str, Any] = {}
    try:
        for said in _lines(process):
            if not bench.desk.jobs.progress(job.id, said.get("progress", {}), bench.now()):
                process.terminate()
    finally:
        bench.child = None
        process.kill()
        process.wait()
    if "refused" in said:
        raise WrongInput(said["refused"])
    if "done" not in said:
        bench.desk.jobs.interrupt_running(bench.now())
    return dict(said.get("done", {}))


def _lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What the child tells; its last word again each second while it tells nothing."""
    heard: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            heard.put(line)
        heard.put(None)

    Thread(target=listen, daemon=True).start()
    last: dict[str, Any] = {}
    while True:
        try:
            line = heard.get(timeout=BEAT)
        except queue.Empty:
            yield last
            continue
        if line is None:
            return
        last = json.loads(line)
        yield last

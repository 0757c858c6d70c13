"""The worker: takes jobs one after another, and classifies when something came or fell due.

It lives in the serving process, so nobody has to set up a timetable. What it is at is in
the desk's jobs; a job that a crash cut off is found there and said to be interrupted.
"""

from __future__ import annotations

import time
from threading import Event, Thread

import structlog

from thang.desk.desk import Desk
from thang.desk.jobs import Job
from thang.model import ThangError
from thang.web.words.catalogue import noted
from thang.web.worker.bench import Bench
from thang.web.worker.sending import send_what_is_due
from thang.web.worker.tasks import TASKS
from thang.workspace.freshness import State
from thang.workspace.held import HeldWorkspace

PAUSE = 30.0  # seconds between two looks at what falls due
REST = 5.0  # times as long as judging the whole shop took, nobody is judged again
LONGEST_REST = 1.0  # seconds left to others after work, where events arrive without end
PATIENCE = 60.0  # seconds after which the shop is judged though events arrive all the time

log = structlog.get_logger("thang.worker")


class Worker:
    """One thread beside the pages. `failure` is the sentence of the last classification, if any."""

    def __init__(self, shop: HeldWorkspace, desk: Desk, pause: float = PAUSE) -> None:
        self._bench = Bench(shop, desk)
        self._pause = pause
        self._bell, self._ends = Event(), Event()
        self._thread = Thread(target=self._live, name="worker", daemon=True)
        self._judge_at = time.monotonic()
        self.failure = ""
        self.working = False

    def start(self) -> None:
        """Begin; whatever a crash left running is marked as interrupted first."""
        self._bench.desk.jobs.interrupt_running(self._bench.now())
        self._thread.start()

    def wake(self) -> None:
        """There is something to do now."""
        self._bell.set()

    def stop(self) -> None:
        """End after the present step; a child that imports is stopped and can be run again."""
        self._ends.set()
        self._bell.set()
        self._bench.cancel()
        if self._thread.is_alive():
            self._thread.join(timeout=60)

    def _live(self) -> None:
        while not self._ends.is_set():
            job = self._bench.desk.jobs.take(self._bench.now())
            if job is not None:
                self._work(job)
                continue
            began = time.monotonic()
            self._keep_up()
            rests_until = time.monotonic() + min(LONGEST_REST, time.monotonic() - began)
            send_what_is_due(self._bench)
            rest = self._judge_at - time.monotonic()
            self._bell.wait(min(self._pause, rest) if rest > 0 else self._pause)
            self._ends.wait(max(0.0, rests_until - time.monotonic()))
            self._bell.clear()

    def _work(self, job: Job) -> None:
        """One job to its end, whatever the end is."""
        jobs = self._bench.desk.jobs
        try:
            result = TASKS[job.kind](self._bench, job)
        except ThangError as error:
            jobs.fail(job.id, str(error), self._bench.now())
        except Exception:
            log.exception("job failed", job=job.id, kind=job.kind)
            jobs.fail(job.id, "", self._bench.now())
        else:
            if not self._ends.is_set():
                jobs.finish(job.id, result, self._bench.now())

    def _judge(self) -> None:
        """Judge the whole shop, seldom enough that live events wait for it only now and then."""
        began = time.monotonic()
        if began >= self._judge_at and self._bench.shop.judge():
            self._bench.shop.book_programmes()
            ended = time.monotonic()
            self._judge_at = ended + REST * (ended - began)

    def _keep_up(self) -> None:
        """Classify if events came or an answer fell due since the last time."""
        try:
            if self._bench.shop.freshness().state in (State.UNPLACED, State.STALE):
                self.working = True
                self._bench.shop.classify()
            state = self._bench.shop.freshness().state
            quiet = state is State.FRESH and not self._bell.is_set()
            overdue = time.monotonic() > self._judge_at + PATIENCE
            if quiet or (state is State.STALE and overdue):
                self._judge()
                self._bench.shop.run_if_due()
            self.failure = ""
        except ThangError as error:
            self.failure = str(error)
        except Exception:
            log.exception("classification failed")
            self.failure = noted("The last classification failed: see the log.")
        finally:
            self.working = False

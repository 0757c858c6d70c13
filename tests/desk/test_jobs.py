"""Jobs run once, in order, and end once; answers to a key are given once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from thang.desk.desk import Desk
from thang.desk.jobs import State
from thang.model import DAY, SECOND


def test_the_longest_waiting_job_is_taken_first_and_only_once(desk: Desk) -> None:
    first, second = (desk.jobs.add("classify", {"n": n}, "me", 1) for n in (1, 2))
    with ThreadPoolExecutor(4) as pool:
        taken = [job.id for job in pool.map(lambda _: desk.jobs.take(2), range(4)) if job]
    assert sorted(taken) == sorted([first.id, second.id])
    assert desk.jobs.take(3) is None
    assert desk.jobs.waiting() == 2


def test_the_same_token_is_the_same_job(desk: Desk) -> None:
    one = desk.jobs.add("import", {"file": "a"}, "me", 1, "token")
    assert desk.jobs.add("import", {"file": "b"}, "me", 2, "token") == one
    assert desk.jobs.add("import", {"file": "b"}, "me", 2).id != one.id
    assert len(desk.jobs.latest("import", 10)) == 2


def test_what_has_ended_stays_as_it_ended(desk: Desk) -> None:
    job = desk.jobs.add("import", {}, "me", 1)
    assert not desk.jobs.finish(job.id, {}, 2)  # it has not begun
    desk.jobs.take(3)
    assert desk.jobs.progress(job.id, {"done": 1}, 4)
    assert desk.jobs.cancel(job.id, 5)
    assert not desk.jobs.progress(job.id, {"done": 2}, 6)
    assert not desk.jobs.finish(job.id, {"rows": 1}, 7)
    assert not desk.jobs.fail(job.id, "", 8)
    ended = desk.jobs.get(job.id)
    assert ended is not None
    assert (ended.state, dict(ended.progress), dict(ended.result)) == (
        State.CANCELLED,
        {"done": 1},
        {},
    )
    assert ended.finished_at == 5


def test_a_crash_is_told_from_an_end(desk: Desk) -> None:
    jobs = [desk.jobs.add("import", {"n": n}, "me", 1) for n in range(3)]
    desk.jobs.take(2)
    desk.jobs.finish(jobs[0].id, {}, 3)
    desk.jobs.take(4)
    assert desk.jobs.interrupt_running(5) == 1
    states = {job.id: job.state for job in desk.jobs.latest("import", 3)}
    assert [states[job.id] for job in jobs] == [State.DONE, State.INTERRUPTED, State.QUEUED]
    again = desk.jobs.again(jobs[1].id, "me", 6)
    assert again is not None
    assert dict(again.input) == {"n": 1}
    assert desk.jobs.again("nobody", "me", 6) is None


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["add", "take", "finish", "fail", "cancel", "crash"]), max_size=25))
def test_however_it_goes_every_job_is_in_one_state_and_ends_only_once(steps: list[str]) -> None:
    import tempfile
    from pathlib import Path

    from thang.record.key import create_key

    with tempfile.TemporaryDirectory() as folder:
        create_key(Path(folder))
        desk = Desk.open(Path(folder))
        told: dict[str, str] = {}  # an independent account of who is where
        for now, step in enumerate(steps):
            running = [job for job, state in told.items() if state == "running"]
            if step == "add":
                told[desk.jobs.add("x", {}, "me", now).id] = "queued"
            elif step == "take":
                queued = [job for job, state in told.items() if state == "queued"]
                taken = desk.jobs.take(now)
                assert (taken.id if taken else None) == (queued[0] if queued else None)
                if taken:
                    told[taken.id] = "running"
            elif step == "crash":
                assert desk.jobs.interrupt_running(now) == len(running)
                told |= dict.fromkeys(running, "interrupted")
            elif told:
                one = list(told)[now % len(told)]
                live = ("queued", "running") if step == "cancel" else ("running",)
                act = {
                    "finish": partial(desk.jobs.finish, one, {}, now),
                    "fail": partial(desk.jobs.fail, one, "", now),
                    "cancel": partial(desk.jobs.cancel, one, now),
                }[step]
                assert act() == (told[one] in live)
                if told[one] in live:
                    told[one] = {"finish": "done", "fail": "failed", "cancel": "cancelled"}[step]
            assert {job.id: str(job.state) for job in desk.jobs.latest("x", 99)} == told
        desk.close()


def test_an_answer_is_given_to_its_key_person_and_place_only(desk: Desk) -> None:
    mine = ("key", "me", "POST /api/x")
    assert desk.answers.begin(*mine, b"asked", 1) is None
    working = desk.answers.begin(*mine, b"asked", 2)
    assert working is not None
    assert working.status is None
    desk.answers.keep(*mine, 201, {"id": 7})
    kept = desk.answers.begin(*mine, b"other", 3)
    assert kept is not None
    assert (kept.status, kept.body, kept.asked) == (201, {"id": 7}, b"asked")
    for other in (("key", "you", mine[2]), ("key2", "me", mine[2]), ("key", "me", "POST /api/y")):
        assert desk.answers.begin(*other, b"asked", 3) is None


def test_answers_are_forgotten_after_a_day_and_crashed_ones_after_ten_minutes(desk: Desk) -> None:
    mine = ("key", "me", "POST /api/x")
    desk.answers.begin(*mine, b"", 0)
    assert desk.answers.begin(*mine, b"", 599 * SECOND) is not None
    assert desk.answers.begin(*mine, b"", 600 * SECOND) is None
    desk.answers.keep(*mine, 200, None)
    assert desk.answers.begin(*mine, b"", DAY) is not None
    assert desk.answers.begin(*mine, b"", DAY + 600 * SECOND) is None

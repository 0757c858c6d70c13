"""The queue: bounded, fair to several senders, and never silent about what it does not take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.intake.senders import program, stored, track, write_key
from tests.web.visitors import Shop

from thang.model import Unavailable
from thang.record.lock import only_writer
from thang.sources.calls import Bundle
from thang.web.intake.queue import Bounds, Queue, Room
from thang.workspace import arriving
from thang.workspace.arriving import Sending

BOUNDS = Bounds(waiting=100, waiting_bytes=10_000, group=30, share=0.5)


def sending(source: str, calls: int, size: int = 10) -> Sending:
    return Sending(source, Bundle((b"x" * size,) * calls, "", {}, None, ""), 0)


def nobody(_: Any) -> None:
    """What became of it interests nobody."""


def test_who_comes_when_it_is_full_is_told_so_until_there_is_room() -> None:
    queue = Queue(BOUNDS)
    assert [queue.put(sending("a", 25), nobody) for _ in range(5)] == [Room.TAKEN] * 4 + [Room.FULL]
    assert queue.put(sending("a", 1, 20_000), nobody) is Room.FULL
    assert len(queue.take()) == 2
    assert queue.put(sending("a", 25), nobody) is Room.TAKEN


def test_what_is_larger_than_the_queue_is_taken_when_nobody_else_waits() -> None:
    queue = Queue(BOUNDS)
    assert queue.put(sending("a", 200), nobody) is Room.TAKEN
    assert queue.put(sending("a", 1), nobody) is Room.FULL


def test_one_sender_among_several_has_no_more_than_its_share() -> None:
    queue = Queue(BOUNDS)
    assert queue.put(sending("quiet", 1), nobody) is Room.TAKEN
    assert [queue.put(sending("loud", 20), nobody) for _ in range(3)] == [
        Room.TAKEN, Room.TAKEN, Room.SHARE,
    ]  # fmt: skip
    assert queue.put(sending("quiet", 20), nobody) is Room.TAKEN


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 60), st.booleans())))
def test_everything_that_was_taken_comes_out_once_and_in_order(
    steps: Sequence[tuple[str, int, bool]],
) -> None:
    queue, came, went = Queue(BOUNDS), [], []
    for source, calls, takes in steps:
        one = sending(source, calls)
        if queue.put(one, nobody) is Room.TAKEN:
            came.append(one)
        if takes and queue.calls:
            went += [waiting.sending for waiting in queue.take()]
    queue.close()
    assert queue.put(sending("a", 1), nobody) is Room.FULL
    while group := queue.take():
        went += [waiting.sending for waiting in group]
    assert [id(one) for one in went] == [id(one) for one in came]
    assert queue.calls == 0


def test_an_overload_is_answered_at_once_and_passes(tmp_path: Path) -> None:
    shop = Shop.at(tmp_path / "shop")
    key = write_key(shop)
    calls = {"batch": [track(f"m{n}") for n in range(2_000)]}
    office = shop.office
    for n in range(Bounds().waiting // 2_000):  # nobody writes yet
        bundle = Bundle(tuple(b"{}" for _ in range(2_000)), "", {}, None, "")
        assert office.intake.put(Sending(f"s{n}", bundle, 0), nobody) is Room.TAKEN
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office.intake, "start", lambda: None)
        with program(shop.app) as client:
            refused = client.post("/v1/batch", json=calls, auth=(key, ""))
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            patch.undo()
            office.intake.start()
            office.intake._queue.close()
            office.intake._thread.join()
    assert office.intake.waiting == 0


def test_while_another_writes_senders_are_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thang.record.arriving.PATIENCE", 0.05)
    shop = Shop.at(tmp_path / "shop")
    with program(shop.app) as client:
        client.auth = (write_key(shop), "")
        with only_writer(tmp_path / "shop"):
            busy = client.post("/v1/track", json=track("m1"))
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")
        assert client.post("/v1/track", json=track("m1")).json()["stored"] == 1
    assert len(stored(tmp_path / "shop")) == 1


@pytest.mark.parametrize("error", [Unavailable("The disk is full."), RuntimeError("a mistake")])
def test_what_fails_is_answered_with_503_and_can_be_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    shop = Shop.at(tmp_path / "shop")
    with program(shop.app) as client, monkeypatch.context() as patch:
        client.auth = (write_key(shop), "")

        def fails(*_: object) -> None:
            raise error

        patch.setattr(arriving.Arrivals, "store", fails)
        assert client.post("/v1/track", json=track("m1")).status_code == 503
        patch.undo()
        assert client.post("/v1/track", json=track("m1")).json()["stored"] == 1

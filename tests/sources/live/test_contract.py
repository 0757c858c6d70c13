"""What every live source promises, whichever platform it speaks to."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.sources.live.platforms import ENV, PLATFORMS, SECRET, TOKEN, Platform
from tests.sources.live.shops import DAWN, Connected, connected

from thang.record.inbox import Inbox
from thang.record.inbox_tables import Came
from thang.simulate.providers.server import Trouble
from thang.sources.live.contract import Call
from thang.sources.live.gathering import CLASH
from thang.sources.live.registry import SOURCES
from thang.workspace.connecting.connecting import Knock

FORGED, TAKEN = Knock.FORGED, Knock.TAKEN


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=PLATFORMS, ids=lambda one: one.key)
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connected]:
    """Each platform in turn, over an empty shop."""
    with connected(request.param, tmp_path / "shop") as made:
        yield made


def whole_day(platform: Platform, folder: Path) -> list[tuple[object, ...]]:
    """The events of an undisturbed day."""
    with connected(platform, folder) as calm:
        calm.day()
        return calm.events()


def test_a_day_is_in_the_record_and_nothing_of_it_is_lost(one: Connected) -> None:
    one.day()
    assert one.kinds() == one.platform.expected
    assert one.refused() == []
    state = one.state
    assert (state.waiting, state.forged, state.lag) == (0, 0, 0)
    assert state.last_at > 0
    assert all(not feed.trouble for feed in state.feeds)


def test_what_comes_again_in_any_order_changes_nothing(one: Connected, tmp_path: Path) -> None:
    calm = whole_day(one.platform, tmp_path / "calm")
    calls = one.platform.calls(DAWN)
    order = calls * 3
    random.Random(7).shuffle(order)
    assert set(one.tell(*order)) == {TAKEN}
    one.settle()
    assert one.events() == calm
    assert one.state.repeated >= 2 * len(calls)
    assert one.refused() == []


def test_a_thousand_replays_under_new_numbers_are_known_by_the_record(one: Connected) -> None:
    one.day()
    before = one.events()
    source = SOURCES[one.platform.key]
    body, headers = one.platform.calls(DAWN)[0]
    payload = source.opened(Call(body, headers))
    inbox = Inbox.open(one.folder, CLASH)
    inbox.take(one.platform.key, [Came(payload.topic, body, f"again-{n}") for n in range(1000)],
               one.clock())  # fmt: skip
    inbox.close()
    known = one.state.duplicate
    one.map()
    assert one.events() == before
    assert one.state.duplicate == known + 1000
    assert one.state.waiting == 0


def test_a_wrong_signature_is_refused_and_counted(one: Connected) -> None:
    if SOURCES[one.platform.key].weak:
        pytest.skip("this platform signs nothing")
    body, headers = one.platform.calls(DAWN)[0]
    signed = {name: text for name, text in headers.items() if text in _signatures(one, body)}
    assert signed
    without = {name: text for name, text in headers.items() if name not in signed}
    others = {
        name: text[:-2] + ("AA" if text[-2:] != "AA" else "BB") for name, text in signed.items()
    }
    strange = dict.fromkeys(signed, "é€\x00")
    knocks = one.tell(
        (body, without), (body, {**headers, **others}), (body, {**headers, **strange}),
        (body + b" ", headers), (body[:-1], headers), (b"", headers),
    )  # fmt: skip
    assert knocks == [FORGED] * 6
    assert one.state.forged == 6
    one.map()
    assert one.events() == []


def _signatures(one: Connected, body: bytes) -> set[str]:
    """The headers that another body has otherwise, under the same number and topic."""
    first = one.platform.calls(DAWN)[0][1]
    other = one.platform.sign(body + b" ", 0)
    return {text for name, text in first.items() if other.get(name) != text}


@pytest.mark.parametrize("spoil", ["cut", "latin", "deep", "list", "number", "empty", "null"])
def test_what_is_signed_and_cannot_be_read_is_kept_with_its_reason(
    one: Connected, spoil: str
) -> None:
    body, _ = one.platform.calls(DAWN)[0]
    spoilt = {
        "cut": body[: len(body) // 2], "latin": body[:-1] + b'\xe9"}', "list": b"[1,2]",
        "deep": b'{"a":' * 3_000 + b"1" + b"}" * 3_000, "number": b"17", "empty": b"{}",
        "null": b"null",
    }[spoil]  # fmt: skip
    assert one.tell((spoilt, one.platform.sign(spoilt))) == [TAKEN]
    one.map()
    assert one.events() == []
    (refused,) = one.refused()
    assert refused.source == one.platform.key
    assert refused.reason in ("json", "shape", "topic", "unknown_shop", "date", "no_order")
    assert json.loads(refused.raw)["body"] == spoilt.decode("utf-8", "replace")[:32_000]
    assert sum(one.state.refused.values()) == 1


def test_another_shops_calls_are_kept_until_it_is_named(one: Connected) -> None:
    text = (one.folder / "sources.yaml").read_text("utf-8")
    one.set(text.replace(*one.platform.other_shop))
    calls = one.platform.calls(DAWN)
    one.tell(*calls)
    one.map()
    assert one.events() == []
    assert {row.reason for row in one.refused()} == {"unknown_shop"}
    assert len(one.refused()) == len(calls)


def test_a_number_that_comes_with_other_bytes_is_refused_and_kept(one: Connected) -> None:
    if not one.platform.has_ids:
        pytest.skip("its calls have no number of their own")
    body, headers = one.platform.calls(DAWN)[0]
    one.tell((body, headers))
    one.map()
    before = one.events()
    other = body.replace(b"}", b" }", 1)
    assert one.tell((other, one.platform.sign(other, 0))) == [TAKEN]
    assert one.tell((other, one.platform.sign(other, 0))) == [TAKEN]  # and once more
    one.map()
    assert one.events() == before
    assert [row.reason for row in one.refused()] == ["id_reuse"]


def test_pulls_that_are_killed_between_any_two_pages_end_where_others_do(
    one: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = whole_day(one.platform, tmp_path / "calm")
    one.tell(*one.platform.calls(DAWN))
    kept = {name: getattr(Inbox, name) for name in ("advance", "got", "mapped")}
    turn = 0

    def killed(name: str) -> None:
        def dies(inbox: Inbox, *words: object) -> None:
            nonlocal turn
            turn += 1
            if turn % 3 == 0:
                raise KeyboardInterrupt
            kept[name](inbox, *words)
            if turn % 3 == 1:
                raise KeyboardInterrupt

        monkeypatch.setattr(Inbox, name, dies)

    for name in kept:
        killed(name)
    for _ in range(60):
        try:
            one.map()
            one.shop.pull(1)
        except KeyboardInterrupt:
            one.reopen()
    monkeypatch.undo()
    _set(monkeypatch)
    one.settle()
    assert turn > 6
    assert one.events() == calm


def _set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    "trouble", [Trouble.BUSY, Trouble.BROKEN, Trouble.CUT, Trouble.GARBAGE], ids=lambda t: t.name
)
def test_a_platform_in_trouble_is_left_alone_for_a_while_and_nothing_is_missed(
    one: Connected, trouble: Trouble, tmp_path: Path
) -> None:
    calm = whole_day(one.platform, tmp_path / "calm")
    one.server.plan = lambda call: trouble if call % 3 != 2 else None
    one.tell(*one.platform.calls(DAWN))
    one.pull()
    asked = len(one.server.calls)
    assert 0 < asked <= 6
    one.pull()
    assert len(one.server.calls) == asked  # not again at once
    one.settle()
    one.settle()
    assert one.events() == calm


def test_no_log_says_who_anybody_is(
    one: Connected, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        one.server.plan = lambda call: Trouble.BROKEN if call == 1 else None
        calls = one.platform.calls(DAWN)
        one.tell(*calls, (calls[0][0], {}))
        one.settle()
    out, err = capfd.readouterr()
    said = json.dumps(logs, default=str) + caplog.text + out + err
    for canary in ("Thử", "8490000000", "khong-co-that", "size M", "Không Có", SECRET, TOKEN):
        assert canary not in said
    for path in one.folder.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        for canary in ("Khách Thử", "Thử Hai", "90000000", "khong-co-that", "size M", "Không Có"):
            assert canary.encode() not in content, path.name

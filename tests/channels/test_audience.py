"""Audiences: only hashes of the plainest spelling leave, in calls of ten thousand, and out again."""

from __future__ import annotations

import csv
import hashlib

from thang.channels.audience import MOST, Audience, Member, as_csv, row
from thang.channels.sender import Busy, Sent
from thang.channels.transport import Wire
from thang.simulate.providers.platforms import MessengerServer
from thang.simulate.providers.server import Trouble


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_addresses_are_hashed_in_their_plainest_spelling() -> None:
    member = Member("p_a", "+84 900-000-001", " Ban.Mau@Example.com ")
    assert row(member) == ("p_a", digest("84900000001"), digest("ban.mau@example.com"))
    assert row(Member("p_b")) == ("p_b", "", "")


def test_a_file_holds_no_address() -> None:
    lines = "".join(as_csv([Member("p_a", "+84900000001", "a@x.vn"), Member("p_b")]))
    rows = list(csv.reader(lines.splitlines()))
    assert rows == [["extern_id", "phone", "email"],
                    ["p_a", digest("84900000001"), digest("a@x.vn")], ["p_b", "", ""]]  # fmt: skip
    assert list(csv.reader("".join(as_csv([])).splitlines())) == [rows[0]]


def test_people_go_in_and_out_in_calls_of_ten_thousand() -> None:
    members = [Member(f"p_{n}", f"+8490{n:07d}") for n in range(MOST + 5)]
    with MessengerServer("t0") as server:
        audience = Audience(Wire([server.place]), "77", "t0", server.url)
        answers = audience.add(members)
        assert [type(one) for one in answers] == [Sent, Sent]
        assert len(server.audience) == MOST + 5
        audience.add(members[:3])
        assert len(server.audience) == MOST + 5
        audience.remove(members[:7])
        assert len(server.audience) == MOST - 2
        assert b"84900000" not in server.calls[0].body


def test_a_busy_platform_has_taken_nothing() -> None:
    with MessengerServer("t0", lambda _: Trouble.BUSY) as server:
        (answer,) = Audience(Wire([server.place]), "77", "t0", server.url).add([Member("p_a")])
    assert answer == Busy(3600)

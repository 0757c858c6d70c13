"""Fifty invented people: no byte of the shop's folder says what any of them is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from record.told import NOON, bad, one, order
from thang.model import Event, Gathered, Identifier, Refused
from thang.record import Record

PEOPLE = range(50)


def canaries(number: int) -> dict[str, str]:
    """What must not be found of one person: long enough never to come about by chance."""
    return {
        "name": f"Nguyễn Thị Hoàng Yến Thử {number:04d}",
        "phone": f"+8400987{number:04d}",
        "email": f"hoangyen{number:04d}@khong-co-that.example",
        "customer": f"KHACH-HOANGYEN-{number:04d}",
        "address": f"{number:04d} Phố Không Có, Phường Hoàng Yến",
        "device": f"may-hoangyen-{number:04d}",
        "note": f"Hoàng Yến {number:04d} gọi lại sau 5 giờ",
    }


def story(number: int) -> list[Gathered]:
    told = canaries(number)
    named = tuple(Identifier(space, told[space]) for space in ("customer", "phone", "email"))
    friend = (Identifier("phone", canaries((number + 1) % 50)["phone"]),)
    personal = {field: told[field] for field in ("name", "phone", "address", "note")}
    marks = (Identifier("device", told["device"]),)
    by_name = f"order of {told['email']}"
    why = f"The phone {told['phone']} of {told['name']} is too short: correct it."
    return [
        one(order(number, *named, personal=personal, marks=marks, other=friend)),
        one(Event("till", "page", NOON, named, message_id=by_name, personal=personal)),
        Gathered(1, refused=Refused("till", f"line {number}", "bad_phone", why, repr(told))),
    ]


def found(folder: Path, secret: str) -> list[str]:
    """The files that hold a text, in any of the ways in which text is kept."""
    written = [secret.encode("utf-8"), secret.encode("utf-16-le"), secret.encode("utf-16-be")]
    written += [ascii(secret)[1:-1].encode(), secret.encode().hex().encode()]
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return [name for name, content in files.items() if any(text in content for text in written)]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    record = Record.create(tmp_path / "shop")
    record.append("people", "till", [row for number in PEOPLE for row in story(number)])
    return record


def test_nobody_is_found_in_any_file(record: Record) -> None:
    secrets = [text for number in PEOPLE for text in canaries(number).values()]
    secrets += ["Hoàng Yến", "hoangyen", "khong-co-that", "00987"]
    assert (record.folder / "record.db-wal").exists()
    for _ in ("while it is open, with what is not yet moved out of the WAL", "and closed"):
        assert [secret for secret in secrets if found(record.folder, secret)] == []
        record.close()


def test_the_search_would_find_them(record: Record) -> None:
    assert found(record.folder, "DH-49")
    leak = one(order(99, Identifier("customer", "x"), properties={"note": "Hoàng Yến"}))
    record.append("leak", "till", [leak])
    assert found(record.folder, "Hoàng Yến") == ["record.db-wal"]
    record.close()
    assert found(record.folder, "Hoàng Yến") == ["record.db"]


def test_they_are_all_in_the_vault(record: Record) -> None:
    with record:
        for number in PEOPLE:
            told = canaries(number)
            (customer,) = record.find_any(told["customer"])
            (phone,) = record.find_any(told["phone"])
            held = record.personal([customer, phone])
            assert held[phone] == {"identifier": told["phone"]}
            assert held[customer].items() >= {"name": told["name"], "note": told["note"]}.items()
        assert len(record.refused()) == len(PEOPLE)
        assert all(
            canaries(n)["name"] in r.raw for n, r in zip(PEOPLE, record.refused(), strict=True)
        )


def test_errors_and_what_is_shown_of_a_record_say_nobody(record: Record) -> None:
    with record, pytest.raises(ValueError, match="either events") as error:
        record.append("both", "till", [Gathered(1, story(1)[0].events, bad("x").refused)])
    assert "hoangyen" not in repr(error.value) + repr(record) + repr(record.__dict__)

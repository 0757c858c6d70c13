"""Accounts, one-time links and sessions: who may come in, for how long, and never twice."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from thang.desk import passwords, verbs
from thang.desk.desk import Desk
from thang.desk.people import Role
from thang.desk.sessions import IDLE, LASTS
from thang.model import DAY, Unavailable, WrongInput
from thang.record.lock import only_writer

GOOD = "mười hai quả mơ chín"
OTHER = "bảy con vịt bơi qua sông"
REAL_HASHER = passwords._hasher


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost is judged once, below; everywhere else it would only be waited for."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))


def owner(desk: Desk, name: str = "Chủ Thử") -> str:
    return desk.people.add(name, Role.OWNER, "vi", 1, GOOD).id


def test_the_file_is_its_owners_alone_and_the_record_may_be_written_meanwhile(
    tmp_path: Path,
) -> None:
    from thang.record.key import create_key

    create_key(tmp_path)
    with only_writer(tmp_path):
        Desk.open(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "desk.db").stat().st_mode) == 0o600


def test_a_desk_of_another_shop_is_refused(tmp_path: Path) -> None:
    from thang.record.key import create_key

    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        create_key(tmp_path / name)
        Desk.open(tmp_path / name).close()
    (tmp_path / "a" / "shop.key").write_bytes((tmp_path / "b" / "shop.key").read_bytes())
    with pytest.raises(Unavailable):
        Desk.open(tmp_path / "a")


def test_secrets_are_nowhere_in_the_file(desk: Desk) -> None:
    person = owner(desk)
    secrets = [
        desk.sessions.begin(person, "Firefox", 2), desk.links.invite(person, 2),
        desk.keys.create("till", ["ingest"], person, 2)[1], GOOD,
    ]  # fmt: skip
    folder = desk.folder
    desk.close()
    stored = b"".join(path.read_bytes() for path in folder.glob("desk.db*"))
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_a_name_has_one_account_however_it_is_spelled(desk: Desk) -> None:
    desk.people.add("Trần Thị Thử", Role.VIEWER, "vi", 1, GOOD)
    for again in ("  trần  thị THỬ ", "Trần Thị Thử"):
        with pytest.raises(WrongInput):
            desk.people.add(again, Role.VIEWER, "vi", 1)


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "a\nb", "x\x00y", "\u202eabc"])
def test_names_that_cannot_be_read_are_refused(desk: Desk, name: str) -> None:
    if name.split() == ["a", "b"]:
        assert desk.people.add(name, Role.VIEWER, "vi", 1).name == "a b"
        return
    with pytest.raises(WrongInput):
        desk.people.add(name, Role.VIEWER, "vi", 1)


def test_passwords_are_checked_and_the_hash_is_worked_out_for_strangers_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner(desk)
    asked: list[str] = []
    real = passwords._hasher.verify

    class Counting:
        hash = staticmethod(passwords._hasher.hash)

        @staticmethod
        def verify(kept: str, password: str) -> bool:
            asked.append(kept)
            return real(kept, password)

    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", Counting)
    found = desk.people.check_password("chủ thử", GOOD)
    assert found is not None
    assert found.name == "Chủ Thử"
    assert desk.people.check_password("Chủ Thử", OTHER) is None
    assert desk.people.check_password("Nobody", GOOD) is None
    assert len(asked) == 3
    parameters = {kept.rsplit("$", 2)[0] for kept in asked}
    assert len(parameters) == 1  # the stranger's hash costs what a real one does
    passwords._nobody.cache_clear()


def test_the_cost_of_a_hash_is_what_it_has_to_be() -> None:
    kind, version, cost = REAL_HASHER.hash(GOOD).split("$")[1:4]
    spent = dict(part.split("=") for part in cost.split(","))
    assert kind == "argon2id"
    assert version == "v=19"
    assert int(spent["m"]) >= 19 * 1024
    assert int(spent["t"]) >= 2


def test_an_accent_typed_in_two_ways_is_the_same_password(desk: Desk) -> None:
    import unicodedata

    owner(desk)
    assert desk.people.check_password("Chủ Thử", unicodedata.normalize("NFD", GOOD))


def test_who_is_shut_out_or_waits_cannot_come_in(desk: Desk) -> None:
    owner(desk)
    waiting = desk.people.add("Em Chờ", Role.VIEWER, "vi", 1)
    assert desk.people.check_password("Em Chờ", "") is None
    desk.links.redeem(desk.links.invite(waiting.id, 2), "", GOOD, "vi", 3)
    token = desk.sessions.begin(waiting.id, "", 4)
    desk.people.set_disabled(waiting.id, disabled=True)
    assert desk.sessions.of_token(token, 5) is None
    assert desk.people.check_password("Em Chờ", GOOD) is None
    desk.people.set_disabled(waiting.id, disabled=False)
    assert desk.sessions.of_token(token, 5) is None  # coming back means signing in again
    assert desk.people.check_password("Em Chờ", GOOD) is not None


def test_the_shop_never_loses_its_last_owner(desk: Desk) -> None:
    first = owner(desk)
    desk.people.add("Được Mời", Role.OWNER, "vi", 1)  # an invitation owns nothing yet
    for lose in (
        lambda: desk.people.set_role(first, Role.VIEWER),
        lambda: desk.people.set_disabled(first, disabled=True),
    ):
        with pytest.raises(WrongInput):
            lose()
    second = owner(desk, "Chủ Hai")
    desk.people.set_role(first, Role.VIEWER)
    assert [p.id for p in desk.people.all() if p.role is Role.OWNER and not p.waiting] == [second]
    with pytest.raises(WrongInput):
        desk.people.set_role("nobody", Role.OWNER)


def test_the_first_link_works_once_and_never_after_there_is_an_owner(desk: Desk) -> None:
    older = desk.first_token(1)
    token = desk.first_token(2)
    assert desk.links.look(older, 3) is None  # a second start makes the first link void
    made = desk.links.redeem(token, "Chủ Thử", GOOD, "vi", 3)
    assert made.role is Role.OWNER
    assert desk.first_token(4) == ""
    for used in (token, older, "", "x" * 5000):
        with pytest.raises(WrongInput):
            desk.links.redeem(used, "Kẻ Khác", GOOD, "vi", 5)
    assert [p.name for p in desk.people.all()] == ["Chủ Thử"]


def test_a_first_link_that_was_printed_is_void_once_the_command_line_made_an_owner(
    desk: Desk,
) -> None:
    token = desk.first_token(1)
    verbs.add_person(desk, "Chủ Thử", Role.OWNER, GOOD, verbs.COMMAND_LINE, "vi", 2)
    assert desk.links.look(token, 3) is None
    with pytest.raises(WrongInput):
        desk.links.redeem(token, "Kẻ Khác", GOOD, "vi", 3)


def test_of_many_who_use_a_link_at_once_one_succeeds(desk: Desk) -> None:
    token = desk.first_token(1)

    def race(number: int) -> bool:
        try:
            desk.links.redeem(token, f"Chủ {number}", GOOD, "vi", 2)
        except WrongInput:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(race, range(6))) == 1
    assert len(desk.people.all()) == 1


def test_links_grow_old_and_a_newer_one_voids_the_older(desk: Desk) -> None:
    person = owner(desk)
    old, new = desk.links.invite(person, 1), desk.links.invite(person, 2)
    assert desk.links.look(old, 3) is None
    assert desk.links.look(new, 2 + 7 * DAY - 1) is not None
    assert desk.links.look(new, 2 + 7 * DAY) is None


def test_a_new_password_signs_the_person_out_everywhere_and_nobody_else(desk: Desk) -> None:
    first, second = owner(desk), owner(desk, "Chủ Hai")
    mine, theirs = desk.sessions.begin(first, "", 1), desk.sessions.begin(second, "", 1)
    desk.people.set_password(first, OTHER)
    assert desk.sessions.of_token(mine, 2) is None
    assert desk.sessions.of_token(theirs, 2) is not None


def test_sessions_end_by_themselves(desk: Desk) -> None:
    person = owner(desk)
    idle = desk.sessions.begin(person, "", 0)
    assert desk.sessions.of_token(idle, IDLE - 1) is not None  # a visit
    assert desk.sessions.of_token(idle, 2 * IDLE - 2) is not None
    assert desk.sessions.of_token(idle, 3 * IDLE) is None
    busy, now = desk.sessions.begin(person, "", 0), 0
    while now < LASTS - DAY:
        now += DAY
        assert desk.sessions.of_token(busy, now) is not None
    assert desk.sessions.of_token(busy, LASTS) is None


def test_sessions_can_be_ended_one_by_one_but_only_ones_own(desk: Desk) -> None:
    first, second = owner(desk), owner(desk, "Chủ Hai")
    here, there = (desk.sessions.begin(first, agent, 1) for agent in ("Firefox", "Zalo"))
    theirs = desk.sessions.begin(second, "", 1)
    (other,) = (s for s in desk.sessions.of_person(first, 2) if s.agent == "Zalo")
    assert not desk.sessions.end_one(second, other.id)
    assert desk.sessions.end_one(first, other.id)
    assert desk.sessions.of_token(there, 2) is None
    desk.sessions.begin(first, "Safari", 2)
    assert desk.sessions.end_all(first, but=here) == 1
    assert desk.sessions.of_token(here, 3) is not None
    assert desk.sessions.of_token(theirs, 3) is not None


@pytest.mark.parametrize("token", ["", "x", "\ud800", "é" * 300, "0" * 100_000])
def test_tokens_nobody_gave_out_are_nobodys(desk: Desk, token: str) -> None:
    owner(desk)
    assert desk.sessions.of_token(token, 1) is None
    assert desk.keys.of_secret("thang_live_" + token, 1) is None
    assert desk.links.look(token, 1) is None


def test_keys_are_shown_once_scoped_and_revoked_for_good(desk: Desk) -> None:
    key, secret = desk.keys.create("Máy tính tiền", ["read", "ingest"], "me", 1)
    assert secret.startswith("thang_live_")
    assert len(secret) >= len("thang_live_") + 43  # 256 bits
    assert secret not in repr(desk.keys.all())
    assert {str(scope) for scope in key.scopes} == {"ingest", "read"}
    assert desk.keys.of_secret(secret, 5) is not None
    assert desk.keys.all()[0].used_at == 5
    assert desk.keys.revoke(key.id, 6)
    assert not desk.keys.revoke(key.id, 7)
    assert desk.keys.of_secret(secret, 8) is None


@pytest.mark.parametrize("scopes", [[], ["all"], ["read", "root"], [""]])
def test_keys_of_unknown_scopes_are_refused(desk: Desk, scopes: list[str]) -> None:
    with pytest.raises(WrongInput):
        desk.keys.create("x", scopes, "me", 1)


def test_a_damaged_file_is_said_plainly(tmp_path: Path) -> None:
    from thang.record.key import create_key

    create_key(tmp_path)
    (tmp_path / "desk.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(Unavailable, match=r"desk\.db"):
        Desk.open(tmp_path)

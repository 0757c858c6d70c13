"""Sending from a shop's folder: channels.yaml, real servers on this machine, what came of each."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from tests import servers
from tests.workspace.shops import new_shop, tell

from thang.model import DAY, Event, Identifier, WrongInput, WrongPolicy
from thang.record import Record
from thang.simulate.providers.platforms import SmsServer, ZaloServer
from thang.workspace.shop import Workspace

NOON = "2027-01-15"
MAIL = Identifier("email", "ban.mau@khong-co-that.example")
PHONE = Identifier("phone", "+84900000001")
ZALO = Identifier("zalo", "1860001")


class Box:
    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@contextmanager
def mail_server(box: Box) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@dataclass
class Set:
    """A shop with one person who agreed to everything, and a clock that stands at noon."""

    shop: Workspace
    person: int
    template: str
    planned: int = 0

    def settings(self, text: str) -> None:
        (self.shop.folder.path / "channels.yaml").write_text(text, "utf-8")

    def plan(self, *channels: str, purpose: str = "service") -> None:
        now = self.shop.folder.now()
        name = f"e{self.planned}"
        self.planned += 1
        facts = {"strategy": f"s{name}", "person": self.person}
        enrolled = facts | {"id": name, "cluster": self.person, "arm": "treated", "at": now,
                            "playbook": "x"}  # fmt: skip
        planned = facts | {"enrolment": name, "step": 0, "channels": channels, "due": now,
                           "purpose": purpose, "template": self.template}  # fmt: skip
        with self.record() as record:
            record.act(enrolled=[enrolled], planned=[planned])

    def record(self) -> Record:
        return Record.open(self.shop.folder.path, self.shop.folder.now)

    def states(self) -> list[tuple[str, str, str]]:
        with self.record() as record:
            return [(one.channel, one.state, one.why) for one in record.messages()]


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's folder, placed once; each test has a copy."""
    shop = new_shop(tmp_path_factory.mktemp("shop") / "shop", NOON)
    noon = shop.folder.now() - DAY // 2
    joined = Event("till", "signed_up", noon - 9 * DAY, (MAIL, PHONE, ZALO), message_id="a",
                   personal={"name": "Bạn Mẫu"})  # fmt: skip
    granted = [
        Event("till", "consent_granted", noon - 8 * DAY, (MAIL,), message_id=f"c{channel}",
              ref=channel)
        for channel in ("email", "sms", "zns", "zalo_oa")
    ]  # fmt: skip
    tell(shop, [joined, *granted])
    shop.classify()
    return shop.folder.path


@pytest.fixture
def world(laid: Path, tmp_path: Path) -> Set:

    servers.copied(laid, tmp_path / "shop")
    at = new_shop(tmp_path / "other", NOON).folder.now() - DAY // 2
    shop = Workspace(tmp_path / "shop", lambda: at)
    with Record.open(shop.folder.path, shop.folder.now) as record:
        (person,) = record.find_any(MAIL.value)
    template = next(
        step.template for one in shop.playbook().strategies for step in one.steps
        if "email" in step.channels and one.scope == "person"
    )  # fmt: skip
    return Set(shop, person, template)


def test_a_letter_goes_out_as_channels_yaml_says(
    world: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box()
    with mail_server(box) as port:
        world.settings(f"""
public_url: https://tiem-mau.example
email: {{host: 127.0.0.1, port: {port}, tls: none, from: Tiệm Mẫu <chao@tiem-mau.example>}}
""")
        world.plan("email", purpose="marketing")
        assert world.shop.send(dry=True).outcomes == {"would be sent": 1}
        assert box.letters == []
        assert world.shop.send().outcomes == {"sent": 1}
        assert world.shop.send().outcomes == {}
    (letter,) = box.letters
    assert letter["To"] == MAIL.value
    assert letter["Subject"].startswith("[QC] ")
    way_out = letter["List-Unsubscribe"].strip("<>")
    assert way_out.startswith("https://tiem-mau.example/out/")
    assert way_out in letter.get_content()
    assert world.states() == [("email", "sent", "")]
    world.shop.opt_out(way_out.rpartition("/")[2])
    world.plan("email", purpose="marketing")
    assert sum(world.shop.send().outcomes.values()) == 0
    assert world.states()[1][1:] == ("withheld", "no consent for channel and purpose")


def test_each_channel_of_http_reaches_the_address_that_is_set(
    world: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "k")
    monkeypatch.setenv("OTHER", "s")
    monkeypatch.setenv("FIRST", "r0")
    with SmsServer("k", "s") as sms, ZaloServer("none yet", templates=("505",)) as zalo:
        world.settings(f"""
public_url: https://tiem-mau.example
sms: {{brand: TIEM, api_key: env:KEY, secret: env:OTHER, base: '{sms.url}'}}
zalo:
  app: 77
  app_secret: env:OTHER
  refresh_token: env:FIRST
  base: {zalo.url}
  zns_base: {zalo.url}
  login_base: {zalo.url}
  templates:
    {world.template}: {{id: 505}}
""")
        world.plan("sms")
        world.plan("zns")
        assert world.shop.send().outcomes == {"sent": 2}
        assert sms.taken
        assert zalo.taken == ["84900000001"]
    kept = world.shop.folder.path / "zalo.tokens"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_staff_needs_no_settings_and_the_rest_waits_for_them(world: Set) -> None:
    world.plan("task", purpose="marketing")
    world.plan("email")
    assert world.shop.send().outcomes == {"sent": 1}
    assert [one[1] for one in world.states()] == ["sent", "planned"]
    assert world.states()[1][2] == "there is no such channel"
    with world.record() as record:
        assert len(record.tasks()) == 1


def test_settings_that_are_wrong_send_nothing_and_lose_nothing(world: Set) -> None:
    world.plan("sms")
    world.settings(
        "public_url: https://x.example\nsms: {brand: T, api_key: env:GONE, secret: env:GONE}\n"
    )
    with pytest.raises(WrongInput, match=r"channels.yaml:2: sms.api_key: .* GONE is not set"):
        world.shop.send()
    world.settings("smss: {}\n")
    with pytest.raises(WrongPolicy, match=r"did you mean sms\?"):
        world.shop.send()
    assert [one[1] for one in world.states()] == ["planned"]


def test_fake_channels_reach_nobody(world: Set) -> None:
    world.settings("fake: true\n")
    world.plan("email", purpose="marketing")
    world.plan("sms")
    done = world.shop.send()
    assert (done.fake, done.outcomes) == (True, {"sent": 2})


def test_a_demo_never_reaches_a_real_address(world: Set) -> None:
    (world.shop.folder.path / ".thang-demo").touch()
    world.settings(
        "public_url: https://x.example\nemail: {host: mail.example, from: a@x.example}\n"
    )
    world.plan("email")
    for dry in (True, False):
        with pytest.raises(WrongInput, match="fake: true"):
            world.shop.send(dry=dry)
    assert [one[1] for one in world.states()] == ["planned"]

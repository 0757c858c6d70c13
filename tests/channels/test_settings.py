"""channels.yaml: what is refused and how it is said; secrets; Zalo's tokens that work once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thang.channels.sender import Busy, Refused
from thang.channels.settings.load import read_channels
from thang.channels.settings.secrets import Secret
from thang.channels.transport import Wire
from thang.channels.zalo_tokens import ZaloTokens
from thang.model import SECOND, WrongInput, WrongPolicy
from thang.simulate.providers.platforms import ZaloServer
from thang.simulate.providers.server import Trouble

OUT = "public_url: https://x.example\n"
NOW = 1_763_600_000 * SECOND


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("emali: {}", "channels.yaml:1: emali: .*did you mean email"),
        (OUT + "email:\n  host: a\n  form: x@y.vn", "channels.yaml:4: email.form: .*mean from"),
        (OUT + "email: {host: a, from: x@y.vn, tls: startls}", "email.tls: .*mean starttls"),
        (OUT + "email: {host: a, from: x@y.vn, tls: none}", "email.tls: none is for this machine"),
        (OUT + "email: {host: a, from: x@y.vn, port: 0}", "email.port"),
        (OUT + "email: {host: a, from: x@y.vn, user: u}", "user and password go together"),
        (OUT + 'email: {host: a, from: "a\\n@y.vn"}', "email.from"),
        (OUT + "email: {from: x@y.vn}", "host is missing"),
        ("email: {host: a, from: x@y.vn}", "public_url is missing"),
        ("public_url: shop.example", "a web address"),
        ("public_url: https://a:99999", "port"),
        ("webhook: {url: 'file:///etc/passwd', secret: env:A}", "webhook.url"),
        ("webhook: {url: 'https://u:p@a.vn/', secret: env:A}", "webhook.url"),
        ("fake: !!python/object:os.system x", "tags"),
        ("fake: perhaps", "true or false"),
        ("fake: true\nfake: false", "twice"),
        ("- fake", "keys with values"),
    ],
)
def test_a_mistake_is_named_by_line_key_and_cure(text: str, said: str) -> None:
    with pytest.raises(WrongPolicy, match=said):
        read_channels(text)


SECTIONS = {
    "email": "host: a, from: x@y.vn, user: u, password: {0}",
    "sms": "brand: T, api_key: {0}, secret: env:B",
    "messenger": "page: 1, token: {0}",
    "webhook": "url: 'https://a.vn', secret: {0}",
}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("secret", ["hunter2hunter2", "'env:hunter2 hunter2'", "[hunter2hunter2]",
                                    "{a: hunter2hunter2}"])  # fmt: skip
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(
    section: str, secret: str
) -> None:
    text = OUT + f"{section}: {{{SECTIONS[section].format(secret)}}}"
    with pytest.raises(WrongPolicy) as wrong:
        read_channels(text)
    assert "hunter2" not in str(wrong.value)
    assert "env:NAME or file:PATH" in str(wrong.value)


@given(st.text(max_size=80))
@settings(max_examples=80, deadline=None)
def test_any_text_is_settings_or_a_sentence(text: str) -> None:
    with suppress(WrongPolicy):
        assert read_channels(text) is not None


def test_a_secrets_file_must_be_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("s3cret\n")
    secret = Secret("file:key", "channels.yaml:2: sms.secret")
    path.chmod(0o644)
    with pytest.raises(WrongInput, match="chmod 600") as wrong:
        secret.read(tmp_path)
    assert "s3cret" not in str(wrong.value)
    path.chmod(0o600)
    assert secret.read(tmp_path) == "s3cret"
    path.write_text("two\nlines")
    for reference in ("file:key", "file:gone", "env:THANG_NOT_SET"):
        with pytest.raises(WrongInput, match=r"channels\.yaml:2"):
            Secret(reference, "channels.yaml:2: sms.secret").read(tmp_path)


class Clock:
    at = NOW

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with ZaloServer("none yet") as server:
        yield server


def keeper(zalo: ZaloServer, folder: Path, clock: Clock, first: str = "r0") -> ZaloTokens:
    wire = Wire(allowed=[zalo.place], seconds=5.0)
    return ZaloTokens(wire, "77", "s", first, folder / "zalo.tokens", clock, zalo.url)


def test_a_token_is_renewed_once_and_kept_for_the_next_process(
    zalo: ZaloServer, tmp_path: Path
) -> None:
    clock = Clock()
    token = keeper(zalo, tmp_path, clock)()
    assert token == zalo.token
    assert keeper(zalo, tmp_path, clock)() == token
    assert len(zalo.calls) == 1
    clock.at += 90_000 * SECOND
    second = keeper(zalo, tmp_path, clock)()
    assert second == zalo.token != token
    assert (tmp_path / "zalo.tokens").stat().st_mode & 0o777 == 0o600
    assert len(zalo.calls) == 2
    assert not (tmp_path / "zalo.new").exists()


def test_a_new_pair_is_on_disk_before_it_is_used(
    zalo: ZaloServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right after the write: the next process finds the pair, and needs no second grant."""
    clock = Clock()
    replaced = Path.replace

    def killed(self: Path, target: Path) -> Path:
        replaced(self, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        keeper(zalo, tmp_path, clock)()
    monkeypatch.undo()
    assert keeper(zalo, tmp_path, clock)() == zalo.token
    assert len(zalo.calls) == 1


def test_a_used_up_refresh_token_asks_for_a_new_grant(zalo: ZaloServer, tmp_path: Path) -> None:
    clock = Clock()
    keeper(zalo, tmp_path, clock)()
    (tmp_path / "zalo.tokens").unlink()
    found = keeper(zalo, tmp_path, clock)()
    assert isinstance(found, Refused)
    assert "r0" not in found.why
    assert keeper(zalo, tmp_path, clock, first=zalo.refresh)() == zalo.token


def test_a_broken_line_is_no_refusal(zalo: ZaloServer, tmp_path: Path) -> None:
    zalo.plan = lambda _: Trouble.CUT
    assert isinstance(keeper(zalo, tmp_path, Clock())(), Busy)
    zalo.plan = lambda _: None
    assert keeper(zalo, tmp_path, Clock())() == zalo.token


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"grant": 3}), "\x00"])
def test_a_damaged_file_of_tokens_begins_anew(zalo: ZaloServer, tmp_path: Path, text: str) -> None:
    (tmp_path / "zalo.tokens").write_text(text)
    assert keeper(zalo, tmp_path, Clock())() == zalo.token

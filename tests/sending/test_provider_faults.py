"""Providers that time out, fail, refuse, are busy or revoke: nothing twice, nothing falsely sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from sending.provider import Crash, Faults, Provider
from sending.world import CHANNELS, HOUR, MINUTE, MORNING, World, world
from thang.channels.sender import Outgoing, Sent
from thang.model import DAY
from thang.record.messages import Message
from thang.record.settling import Outcome
from thang.workspace.sending import Post

STORM = Faults(lost=0.08, deaf=0.10, failing=0.06, refusing=0.04, deaf_look_up=0.2, crash=0.02)
CRASH = 0.01  # before a word on the outcome is written down, and after


class Mortal(Post):
    """A worker that may die around every word it writes down."""

    def _settle(self, one: Message, outcome: Outcome) -> str:
        dice = next(iter(self.senders.values())).dice  # type: ignore[attr-defined]
        if dice.random() < CRASH:
            raise Crash
        said = super()._settle(one, outcome)
        if dice.random() < CRASH:
            raise Crash
        return said


@dataclass(frozen=True)
class Books:
    """What the outbox says against what the provider truly delivered."""

    messages: int
    duplicates: int
    false_sent: int
    false_failed: int
    unknown: int
    open: int


def books(shop: World, *providers: Provider) -> Books:
    delivered: Counter[str] = Counter()
    for provider in providers:
        delivered.update(provider.delivered)
    states = shop.states()
    assert delivered.keys() <= states.keys()
    return Books(
        len(states),
        sum(times - 1 for times in delivered.values()),
        sum(state in ("sent", "delivered") and not delivered[key] for key, state in states.items()),
        sum(state in ("failed", "withheld", "cancelled", "planned") and delivered[key] > 0 for key, state in states.items()),
        sum(state == "unknown" for state in states.values()),
        sum(state in ("planned", "claimed") for state in states.values()),
    )  # fmt: skip


def survived(post: Post) -> bool:
    try:
        post.send_due(10_000)
    except Crash:
        return False
    return True


def through(shop: World, provider: Provider, days: int = 14) -> None:
    """Two workers send, die and come back every 10 minutes, until all is settled or too late."""
    posts = [shop.post(provider, kind=Mortal) for _ in range(2)]
    for turn in range(days * 144):
        shop.clock.at = MORNING + turn * 10 * MINUTE
        while not survived(posts[turn % 2]):
            posts[turn % 2] = shop.post(provider, kind=Mortal)
        if not shop.record.messages(state="planned", limit=1) and not shop.record.messages(
            state="claimed", limit=1
        ):
            return


def simulated(folder: Path, messages: int, **provider: bool) -> tuple[Books, Provider]:
    with world(folder, messages, seed=messages, tries=10, stale_hours=336) as shop:
        shop.agree(["sms"])
        shop.plan(shop.people, channels=("sms",))
        sender = shop.provider("sms", faults=STORM, **provider)
        through(shop, sender)
        return books(shop, sender), sender


KINDS = {
    "keys and look-up": {"keyed": True, "can_look_up": True},
    "look-up only": {"keyed": False, "can_look_up": True},
    "keys only": {"keyed": True, "can_look_up": False},
    "neither": {"keyed": False, "can_look_up": False},
}


def judge(found: Books, kind: str, provider: Provider) -> None:
    assert (found.duplicates, found.false_sent, found.false_failed, found.open) == (0, 0, 0, 0), (
        found
    )
    if kind == "neither":
        assert found.unknown > 0
        assert max(provider.calls.values()) == 1, "at most once"
    elif kind == "look-up only":
        assert found.unknown == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_storm_of_faults(tmp_path: Path, kind: str) -> None:
    found, provider = simulated(tmp_path, 120, **KINDS[kind])
    judge(found, kind, provider)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_sixty_thousand_messages_in_a_storm(tmp_path: Path, kind: str) -> None:
    found, provider = simulated(tmp_path, 60_000, **KINDS[kind])
    print(kind, found, Counter(provider.calls.values()))
    judge(found, kind, provider)


def test_the_simulation_would_see_keys_that_change(tmp_path: Path) -> None:
    with world(tmp_path, 80, tries=10) as shop:
        shop.agree(["sms"])
        shop.plan(shop.people, channels=("sms",))
        mutant = shop.provider("sms", faults=STORM, can_look_up=False, forgets_key=True)
        through(shop, mutant)
        assert books(shop, mutant).duplicates > 0


def test_a_provider_that_is_busy_for_an_hour_costs_no_try(tmp_path: Path) -> None:
    with world(tmp_path, 5) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        busy = shop.provider("email", faults=Faults(busy=(MORNING, MORNING + HOUR)))
        post = shop.post(busy)
        for minute in range(0, 60, 7):
            shop.clock.at = MORNING + minute * MINUTE
            post.send_due()
            assert set(shop.states().values()) == {"planned"}
        assert sum(busy.calls.values()) == 1
        shop.clock.at = MORNING + HOUR
        assert post.send_due()["sent"] == 5
        assert {m.tries for m in shop.record.messages()} == {1}


def test_a_revoked_token_stops_the_channel_and_another_takes_over(tmp_path: Path) -> None:
    with world(tmp_path, 4) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people, channels=("email", "sms"))
        email = shop.provider("email", faults=Faults(revoked=(MORNING, MORNING + 300 * DAY)))
        sms = shop.provider("sms")
        assert shop.post(email, sms).send_due()["sent"] == 4
        assert (sum(email.calls.values()), sum(sms.delivered.values())) == (1, 4)
        assert {m.channel for m in shop.record.messages()} == {"sms"}


def test_a_provider_that_is_down_all_day_is_left_alone_and_nothing_goes_out_at_night(
    tmp_path: Path,
) -> None:
    with world(tmp_path, 30) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        down = shop.provider("email", faults=Faults(down=(MORNING, MORNING + 13 * HOUR)))
        through(shop, down)
        assert sum(down.calls.values()) < 30 * 5
        assert all(
            (at - MORNING) // HOUR % 24 < 12 or (at - MORNING) // HOUR % 24 >= 23
            for at, _, _ in down.heard
        )
        found = books(shop, down)
        assert (found.duplicates, found.false_sent, found.false_failed, found.open) == (0, 0, 0, 0)
        assert Counter(shop.states().values())["sent"] >= 20


def test_one_poisoned_message_fails_alone(tmp_path: Path) -> None:
    with world(tmp_path, 40) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        poisoned = next(iter(shop.people))
        provider = shop.provider("email")

        class Picky(Provider):
            def send(self, message: Outgoing, idempotency_key: str):  # type: ignore[no-untyped-def]
                if message.text == f"to {poisoned}":
                    self.calls[idempotency_key] += 1
                    raise ValueError("554")
                return super().send(message, idempotency_key)

        picky = Picky(**vars(provider))
        through(shop, picky)
        assert Counter(shop.states().values()) == {"sent": 39, "failed": 1}
        assert max(picky.calls.values()) == 5


def test_nobody_there_closes_the_address_for_good(tmp_path: Path) -> None:
    with world(tmp_path, 3) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people, channels=("email",))
        provider = shop.provider("email", faults=Faults(dead=1.0))
        post = shop.post(provider)
        assert post.send_due()["failed"] == 3
        shop.clock.at += DAY
        shop.plan(shop.people, channels=("email",))
        post.send_due()
        assert sum(provider.calls.values()) == 3
        assert [m.why for m in shop.record.messages(state="withheld")] == [
            "the address is not to be used"
        ] * 3


def test_who_is_late_with_good_news_is_believed_and_nothing_goes_out_again(tmp_path: Path) -> None:
    """A worker that slept past its lease: the message was taken over, and is sent all the same."""
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        provider = shop.provider("email")
        post = shop.post(provider)
        (slow,) = shop.record.claim(shop.clock.at, 9, post._judge, shop.whose)
        assert shop.record.begin(slow, shop.clock.at)
        answer = provider.send(Outgoing("x"), slow.message.key)
        provider.faults.deaf_look_up = 1.0
        shop.clock.at += 11 * MINUTE
        post.send_due()
        assert isinstance(answer, Sent)
        heard = [post._heard(slow, answer)]
        shop.clock.at += 3 * HOUR
        provider.faults.deaf_look_up = 0.0
        post.send_due()
        assert heard == ["sent"]
        assert (provider.delivered[slow.message.key], set(shop.states().values())) == (1, {"sent"})

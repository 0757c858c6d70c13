"""The outbox by hand: leases, words at the last moment, reports in any order, clocks that jump."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from pathlib import Path
from threading import Barrier, Thread

import pytest

from sending.provider import Faults
from sending.world import CHANNELS, HOUR, MINUTE, MORNING, TZ, World, compose, world
from thang.channels.sender import Outgoing
from thang.model import DAY, WrongInput
from thang.record import Record
from thang.record.messages import Message
from thang.record.outbox import Claim
from thang.record.settling import Outcome
from thang.river.sending.law import Law
from thang.workspace.sending import Post


def claimed(shop: World, limit: int = 9) -> list[Claim]:
    judge = shop.post(shop.provider("email"), shop.provider("sms"))._judge
    return shop.record.claim(shop.clock.at, limit, judge, shop.whose)


def only(shop: World) -> Message:
    (message,) = shop.record.messages()
    return message


def test_who_withdraws_between_planning_and_sending_gets_nothing(tmp_path: Path) -> None:
    with world(tmp_path, 3) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people, due=MORNING + HOUR, channels=("email", "sms"))
        first, second, _ = shop.people
        shop.record.say([shop.word(first, "", "", "withdrawn", MORNING)])
        shop.record.say([shop.word(second, "email", "marketing", "withdrawn", MORNING)])
        shop.clock.at = MORNING + HOUR
        email, sms = shop.provider("email"), shop.provider("sms")
        shop.post(email, sms).send_due()
        assert [m.state for m in shop.record.messages()] == ["cancelled", "sent", "sent"]
        assert (sum(email.delivered.values()), sum(sms.delivered.values())) == (1, 1)


def test_who_withdraws_while_a_batch_is_under_way_gets_nothing(tmp_path: Path) -> None:
    with world(tmp_path, 4) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        last = list(shop.people)[-1]
        provider = shop.provider("email")

        def say_no_first(claim: Claim) -> Outgoing:
            if shop.record.known(shop.people.values(), shop.clock.at)[last].consents[-1].granted:
                shop.record.say([shop.word(last, "email", "marketing", "withdrawn", shop.clock.at)])
            return compose(claim)

        Post(
            shop.record,
            {"email": provider},
            say_no_first,
            shop.whose,
            Law(shop.rules, TZ),
            shop.clock,
        ).send_due()
        assert Counter(shop.states().values()) == {"sent": 3, "withheld": 1}
        assert {m.text for _, _, m in provider.heard} == {
            f"to {person}" for person in list(shop.people)[:3]
        }


def test_a_strategy_that_is_called_off_mid_run_sends_nothing_more(tmp_path: Path) -> None:
    with world(tmp_path, 6) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        provider = shop.provider("email")

        def call_off_at_third(claim: Claim) -> Outgoing:
            if len(provider.heard) == 2:
                shop.record.call_off("shopper_promo", "paused by the owner")
            return compose(claim)

        post = Post(
            shop.record,
            {"email": provider},
            call_off_at_third,
            shop.whose,
            Law(shop.rules, TZ),
            shop.clock,
        )
        post.send_due()
        assert len(provider.heard) == 2
        shop.plan(shop.people)
        post.send_due()
        assert len(provider.heard) == 2
        shop.record.resume("shopper_promo", "resumed by the owner")
        shop.clock.at += DAY
        shop.plan(shop.people, strategy="shopper_promo", due=shop.clock.at)
        Post(
            shop.record, {"email": provider}, compose, shop.whose, Law(shop.rules, TZ), shop.clock
        ).send_due()
        assert len(provider.heard) == 8


def test_two_workers_in_one_second_send_everything_once(tmp_path: Path) -> None:
    with world(tmp_path, 60) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        shop.plan(shop.people, strategy="lead_blog")
        start, provider = Barrier(2), shop.provider("email")

        def work() -> None:
            with Record.open(shop.record.folder, shop.clock) as mine:
                post = Post(
                    mine, {"email": provider}, compose, shop.whose, Law(shop.rules, TZ), shop.clock
                )
                start.wait()
                post.send_due()

        workers = [Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert set(provider.delivered.values()) == {1}
        assert Counter(shop.states().values()) == {"sent": 60, "planned": 60}


def test_a_lease_is_taken_over_once_and_only_after_its_end(tmp_path: Path) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        (held,) = claimed(shop)
        assert shop.record.begin(held, shop.clock.at)
        assert shop.record.sweep(shop.clock.at + 10 * MINUTE - 1, 9) == []
        (mine,) = shop.record.sweep(shop.clock.at + 10 * MINUTE, 9)
        assert shop.record.sweep(shop.clock.at + 10 * MINUTE, 9) == []
        late = Outcome("failed", "too late")
        assert not shop.record.settle(held.message, late, shop.clock.at, 5)
        assert shop.record.settle(mine, Outcome("unknown", "nobody knows"), shop.clock.at, 5)
        assert (only(shop).state, only(shop).why) == ("unknown", "nobody knows")


def test_what_was_claimed_and_never_begun_is_simply_sent_later(tmp_path: Path) -> None:
    """A worker that died with a batch in its hands leaves nothing in doubt, whatever the provider."""
    with world(tmp_path, 5) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        provider = shop.provider("email", keyed=False, can_look_up=False)
        dead = claimed(shop)
        assert shop.record.begin(dead[0], shop.clock.at)
        shop.clock.at += 10 * MINUTE
        shop.post(provider).send_due()
        assert [m.state for m in shop.record.messages()] == [
            "unknown",
            "sent",
            "sent",
            "sent",
            "sent",
        ]
        assert not shop.record.begin(dead[1], shop.clock.at)
        assert {m.tries for m in shop.record.messages()} == {1}


def test_nothing_begins_after_a_word_or_a_lease_or_another_worker(tmp_path: Path) -> None:
    with world(tmp_path, 3) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        first, second, third = claimed(shop)
        assert shop.record.begin(first, shop.clock.at)
        assert not shop.record.begin(second, second.message.lease_until)
        shop.record.say([shop.word(min(shop.people), "sms", "service", "withdrawn", shop.clock.at)])
        assert not shop.record.begin(third, shop.clock.at)
        shop.record.sweep(shop.clock.at + HOUR, 9)
        assert not shop.record.begin(first, shop.clock.at)


def test_a_lease_ends_with_the_hours_in_which_one_may_write(tmp_path: Path) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.clock.at = MORNING + 12 * HOUR - 3 * MINUTE
        shop.plan(shop.people)
        (held,) = claimed(shop)
        assert held.message.lease_until == MORNING + 12 * HOUR
        provider = shop.provider("email")
        shop.clock.at = MORNING + 12 * HOUR
        assert shop.post(provider)._deal(held) == "planned"
        assert (only(shop).tries, provider.heard) == (0, [])


WORDS = [Outcome("sent"), Outcome("delivered"), Outcome("failed", "bounced"), Outcome("delivered")]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_reports_may_come_late_twice_and_in_any_order(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        shop.post(shop.provider("email")).send_due()
        name = only(shop).provider_id
        for place in order:
            shop.record.report("email", name, WORDS[place], shop.clock.at)
        assert (only(shop).state, only(shop).provider_id) == ("delivered", name)


def test_a_report_of_a_message_nobody_sent_changes_nothing(tmp_path: Path) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        before = shop.record.messages()
        for name in ("", "email-0", "forged"):
            assert not shop.record.report("email", name, Outcome("delivered"), shop.clock.at)
        assert shop.record.messages() == before


def test_a_bounce_is_a_failure_that_a_later_sent_does_not_hide(tmp_path: Path) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        (held,) = claimed(shop)
        assert shop.record.settle(held.message, Outcome("sent", provider_id="p1"), shop.clock.at, 5)
        assert shop.record.report("email", "p1", Outcome("failed", "bounced"), shop.clock.at)
        assert not shop.record.settle(
            held.message, Outcome("sent", provider_id="p1"), shop.clock.at, 5
        )
        assert only(shop).state == "failed"


def test_after_so_many_tries_a_lost_message_is_given_up(tmp_path: Path) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)
        provider = shop.provider("email", faults=Faults(lost=1.0), keyed=False)
        post = shop.post(provider)
        for turn in range(70):
            shop.clock.at = MORNING + turn * 10 * MINUTE
            post.send_due()
        assert (only(shop).state, only(shop).tries, sum(provider.calls.values())) == (
            "failed",
            5,
            5,
        )


def test_a_text_that_cannot_be_written_fails_and_says_why(tmp_path: Path) -> None:
    with world(tmp_path, 2) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people)

        def broken(claim: Claim) -> Outgoing:
            if claim.person.number == min(shop.people):
                raise WrongInput("There is no template t: the playbook may have changed.")
            return compose(claim)

        provider = shop.provider("email")
        Post(
            shop.record, {"email": provider}, broken, shop.whose, Law(shop.rules, TZ), shop.clock
        ).send_due()
        assert [m.state for m in shop.record.messages()] == ["failed", "sent"]
        assert shop.record.messages(state="failed")[0].why.startswith("There is no template")


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, -HOUR, HOUR, DAY, 400 * DAY])
def test_a_clock_that_jumps_sends_nothing_twice(tmp_path: Path, jump: int) -> None:
    """A forward jump leaves touches in the future once it is corrected: they count as today's."""
    with world(tmp_path, 5, stale_hours=336) as shop:
        shop.agree(CHANNELS)
        shop.record.say(
            shop.word(p, "email", "marketing", "granted", MORNING - 900 * DAY) for p in shop.people
        )
        shop.plan(shop.people)
        shop.plan(shop.people, strategy="lead_blog")
        provider = shop.provider("email", faults=Faults(deaf=0.5))
        post = shop.post(provider)
        for turn in range(8):
            shop.clock.at = MORNING + turn * 15 * MINUTE + (jump if turn % 2 else 0)
            post.send_due()
        assert set(provider.delivered.values()) <= {1}
        per_person = Counter(
            message.text for at, _, message in provider.heard if abs(at - MORNING) < 12 * HOUR
        )
        assert max(per_person.values(), default=0) <= 1


def test_nobody_is_written_to_where_no_sender_is(tmp_path: Path) -> None:
    with world(tmp_path, 1) as shop:
        shop.agree(CHANNELS)
        shop.plan(shop.people, channels=("sms",))
        post = shop.post(shop.provider("email"))
        post.send_due()
        assert (only(shop).state, only(shop).why) == ("planned", "there is no such channel")
        shop.clock.at += 25 * HOUR
        post.send_due()
        assert (only(shop).state, only(shop).why) == ("withheld", "too late to be sent")

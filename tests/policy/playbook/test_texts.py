"""The starter texts: both languages, right letters, fields that exist, and no need of any of them."""

from __future__ import annotations

import re
import unicodedata

import pytest

from thang.policy.playbook.load import read_playbook
from thang.policy.playbook.merge_fields import DETAILS, FIELDS, field_names, fields_in, shop_values
from thang.river.sending.merge import read_merge
from thang.river.sending.sms import plain, segments

PLAYBOOK = read_playbook("")
KNOWN = field_names({})
ALWAYS = {"shop.name": "Tiệm Mẫu", "person.ref": "p_1"}
EVERYTHING = dict.fromkeys(KNOWN, "điều này")
# Letters that only Vietnamese has, and words that an English text would not lack.
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
OLD_TONES = re.compile(r"\b\w*(?:oà|oá|oả|oã|oạ|(?<!q)(?:uỳ|uý|uỷ|uỹ|uỵ))\b", re.IGNORECASE)
TEXTS = [(f"{t.key}.{part}.{language}", language, getattr(getattr(t, part), language))
         for t in PLAYBOOK.templates.values() for part in ("subject", "body")
         for language in ("vi", "en")]  # fmt: skip


def said(text: str) -> str:
    """A text without its tags."""
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)


def test_every_step_has_its_own_text() -> None:
    steps = {step.template for one in PLAYBOOK.strategies for step in one.steps}
    assert steps == set(PLAYBOOK.templates)
    assert len({t.body.vi for t in PLAYBOOK.templates.values()}) == len(PLAYBOOK.templates)
    assert len({t.body.en for t in PLAYBOOK.templates.values()}) == len(PLAYBOOK.templates)


@pytest.mark.parametrize(("name", "language", "text"), TEXTS, ids=[one[0] for one in TEXTS])
def test_a_text_is_in_its_language_and_can_be_filled(name: str, language: str, text: str) -> None:
    assert unicodedata.is_normalized("NFC", text)
    assert bool(VIETNAMESE.search(said(text))) == (language == "vi"), name
    assert not text.lstrip().startswith(("[QC]", "[AD]"))
    assert not re.search(r"https?://|\d{9,}", said(text))
    merge = read_merge(text, KNOWN)
    assert len(merge.fill(ALWAYS).strip()) > 10
    assert "{" not in merge.fill(EVERYTHING)


@pytest.mark.parametrize("key", PLAYBOOK.templates)
def test_both_languages_say_the_same_fields(key: str) -> None:
    template = PLAYBOOK.templates[key]
    vi, en = (
        {name for name, _ in fields_in(text)} for text in (template.body.vi, template.body.en)
    )
    assert vi == en


@pytest.mark.parametrize(("name", "language", "text"), TEXTS, ids=[one[0] for one in TEXTS])
def test_tone_marks_stand_where_the_shop_already_puts_them(
    name: str, language: str, text: str
) -> None:
    assert not OLD_TONES.search(said(text)) or language == "en", name


def test_a_text_message_fits_into_few_parts() -> None:
    by_sms = [
        step.template for one in PLAYBOOK.strategies for step in one.steps if "sms" in step.channels
    ]
    assert by_sms
    for key in by_sms:
        text = read_merge(PLAYBOOK.templates[key].body.vi, KNOWN).fill(
            ALWAYS | {"person.first_name": "Nguyên", "shop.offer_code": "CHAOBANMOI"}
        )
        assert (
            segments(
                plain(f"[QC] {text}\nTừ chối nhận tin: https://shop.example/u/0123456789")
            ).parts
            <= 3
        )


def test_advertising_is_marked_as_such_and_service_is_not() -> None:
    for one in PLAYBOOK.strategies:
        for step in one.steps:
            assert PLAYBOOK.templates[step.template].label_ad == (step.purpose == "marketing")


def test_discounts_and_offers_are_never_called_service() -> None:
    """What is sold under the name of service would go out to who never agreed to advertising."""
    for one in PLAYBOOK.strategies:
        for step in one.steps:
            names = {name for name, _ in fields_in(PLAYBOOK.templates[step.template].body.vi)}
            if names & {
                "shop.offer",
                "shop.offer_code",
                "shop.member_offer",
                "shop.reward",
                "shop.bundle",
            }:
                assert step.purpose == "marketing", step.template


def test_no_field_is_listed_in_vain() -> None:
    used = {name for _, _, text in TEXTS for name, _ in fields_in(text)}
    assert used <= KNOWN
    assert {f"shop.{name}" for name in DETAILS} <= used
    assert {"person.first_name", "referral.link"} <= used
    assert set(shop_values({"name": "A", "own": "B"})) == {f"shop.{n}" for n in (*DETAILS, "own")}
    assert set(FIELDS) & set(shop_values({})) == set()

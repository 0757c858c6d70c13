"""The catalogue is complete: a message without Vietnamese, or with other numbers in it, fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from jinja2 import DictLoader

from thang.policy.load import read_policy
from thang.policy.schema import Level
from thang.web.words import upkeep
from thang.web.words.catalogue import say, say_many, translations
from thang.web.words.speech import Speech, speaking
from thang.web.words.templates import environment

VARIABLE = re.compile(r"%\(\w+\)[sd]|%%")


def both(message: Message) -> list[tuple[str, str]]:
    """Each form of a message with the words for it."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    words = message.string if isinstance(message.string, tuple) else (message.string,)
    return [(ids[-1], text) for text in words]


def test_every_message_of_the_pages_has_its_vietnamese() -> None:
    written = upkeep.written()
    said = [message.id for message in upkeep.said() if message.id]
    assert len(said) > 50
    unknown = [id for id in said if written.get(id) is None]
    empty = [message.id for message in upkeep.missing(written)]
    assert not unknown, "run `make words` and fill in what is empty"
    assert not empty, "fill in msgstr, and take away `fuzzy` where it is right"


def test_a_translation_has_the_same_variables_as_its_message() -> None:
    for message in upkeep.written():
        for source, words in both(message):
            assert sorted(VARIABLE.findall(source)) == sorted(VARIABLE.findall(words)), source


def test_a_bare_percent_sign_would_break_its_page() -> None:
    """With variables, `%` formats: whoever means the sign writes `%%` or gives it as a variable."""
    for message in upkeep.written():
        for text in {form for pair in both(message) for form in pair}:
            assert "%" not in re.sub(r"%\(\w+\)s|%%", "", text), text


def test_the_file_is_sorted_and_holds_nothing_that_nobody_says() -> None:
    ids = [message.id for message in upkeep.written() if message.id]
    firsts = [id[0] if isinstance(id, tuple) else id for id in ids]
    assert firsts == sorted(firsts), "run `make words`"
    said = {message.id for message in upkeep.said()}
    assert [id for id in ids if id not in said] == [], "run `make words`"
    assert b"POT-Creation-Date" not in upkeep.WRITTEN.read_bytes()


def test_writing_the_file_again_changes_nothing(tmp_path: Path) -> None:
    once = tmp_path / "thang.po"
    once.write_bytes(upkeep.as_text(upkeep.kept_up()))
    assert upkeep.as_text(upkeep.kept_up(once)) == once.read_bytes()


def test_a_message_nobody_has_translated_is_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "made_up.html").write_text(
        '{% macro f() %}{{ _("A new word") }}{{ ngettext("%(n)s ox", "%(n)s oxen", 2, n=2) }}{% endmacro %}'
    )
    (tmp_path / "room.py").write_text(
        'noted("Kept")\nsay(locale, "Told %(n)s", n=1)\nsay_many(locale, "one", "many", 2)\n'
    )
    found = {message.id for message in upkeep.said(tmp_path) if message.id}
    assert found == {
        "A new word",
        ("%(n)s ox", "%(n)s oxen"),
        "Kept",
        "Told %(n)s",
        ("one", "many"),
    }
    empty = {message.id for message in upkeep.missing(upkeep.kept_up(web=tmp_path))}
    assert found <= empty


def test_upkeep_keeps_what_was_translated(tmp_path: Path) -> None:
    po = tmp_path / "thang.po"
    po.write_bytes(upkeep.WRITTEN.read_bytes())
    kept = upkeep.kept_up(po)
    assert kept.get("Customers").string == "Khách hàng"


def test_words_in_python_code() -> None:
    assert say("vi", "Line %(n)s", n="17") == "Dòng 17"
    assert say("en", "Line %(n)s", n="17") == "Line 17"
    assert say_many("vi", "%(n)s day", "%(n)s days", 1, n=1) == "1 ngày"
    assert say_many("en", "%(n)s day", "%(n)s days", 1, n=1) == "1 day"
    assert translations("fr").gettext("Customers") == "Customers"


@pytest.mark.parametrize(("locale", "text"), [("vi", "Dòng &lt;b&gt;"), ("en", "Line &lt;b&gt;")])
def test_variables_of_a_message_are_escaped_even_in_imported_macros(locale: str, text: str) -> None:
    env = environment().overlay(
        loader=DictLoader(
            {
                "part": '{% macro line(n) %}{{ _("Line %(n)s", n=n) }}{% endmacro %}',
                "page": '{% from "part" import line %}{{ line(page) }}',
            }
        )
    )
    with speaking(Speech(locale)):
        assert env.get_template("page").render(page="<b>") == text


def test_names_of_levels_long_short_and_renamed() -> None:
    levels = read_policy("").levels
    vi, en = Speech("vi", levels=levels), Speech("en", levels=levels)
    assert [vi.level_short(i) for i in range(7)] == [
        "Tiềm năng", "Thử nghiệm", "Khách hàng", "Thành viên", "Cao cấp", "Ủng hộ", "Hâm mộ",
    ]  # fmt: skip
    assert vi.level_name("raving_fan") == "Người hâm mộ cuồng nhiệt"
    assert en.level_short("raving_fan") == en.level_name(6) == "Raving Fan"
    assert [vi.level_number(key) for key in ("lead", "premier", "nobody")] == [1, 5, 0]
    renamed = Speech("vi", levels=[Level("lead", {"vi": "Người mới", "en": "Newcomer"})])
    assert renamed.level_short("lead") == "Người mới"


@pytest.mark.parametrize("number", [1, 2, 3, 5, 7, 9])
def test_levels_of_any_number_have_rising_tones(number: int) -> None:
    speech = Speech("vi", levels=[Level(f"l{i}", {"vi": f"Bậc {i}"}) for i in range(number)])
    tones = [int(speech.level_tone(i)[1:]) for i in range(number)]
    assert tones == sorted(tones)
    assert tones[0] == 0
    assert tones[-1] == (6 if number > 1 else 0)

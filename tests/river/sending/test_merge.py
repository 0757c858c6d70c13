"""Templates: what they say, and that nothing else can be said, looped or blown up with them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.model import WrongInput
from thang.river.sending.merge import MOST_OUTPUT, MOST_SOURCE, escaped, read_merge

FIELDS = ("person.first_name", "person.name", "shop.name", "order.total", "order.day", "code")
DAO = {"person.first_name": "Đào", "person.name": "Trần Thị Thử Đào", "shop.name": "Tiệm Thử"}


def filled(text: str, **more: str | int | None) -> str:
    values = DAO | {key.replace("__", "."): value for key, value in more.items()}
    return read_merge(text, FIELDS).fill(values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("Chào {{ person.first_name }}!", "Chào Đào!"),
        ("Chào {{person.first_name|default:\"bạn\"}}!", "Chào Đào!"),
        ("{{ code | default:\"bạn\" }}", "bạn"),
        ("a{{ code | default:\"\" }}b", "ab"),
        ("{{ code | default : \"\" | default:\"x\" }}", "x"),
        ("{{ person.name | given_name | upper }}", "ĐÀO"),
        ("{{ person.name | truncate:6 }}", "Trần…"),
        ("{{ order.total | dong }}", "1.234.567 ₫"),
        ("{{ order.day | date }}", "01/01/2026"),
        ("{% if code %}Mã {{ code }}{% else %}không mã{% endif %}.", "không mã."),
        ("{% if not code %}a{% endif %}{% if shop.name %}b{% endif %}", "ab"),
        ("{% if shop.name %}{% if code %}x{% else %}y{% endif %}z{% endif %}", "yz"),
        ("giá {100}, 50% | a:b", "giá {100}, 50% | a:b"),
    ],
)  # fmt: skip
def test_what_a_template_says(text: str, said: str) -> None:
    assert filled(text, order__total=1_234_567, order__day=20_454) == said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ person.frist_name }}", r"line 1: there is no field person.frist_name \(did you mean"),
        ("a\n\n{{ person.__class__ }}", "line 3: .*__class__"),
        ("{{ person['name'] }}", "there is no field person "),
        ("{{ person.name.upper() }}", "there is no field|expected a filter"),
        ("{{ 7 * 7 }}", "does not begin with the name of a field"),
        ("{{ }}", "does not begin"),
        ("{{ code | attr:\"x\" }}", "there is no filter attr"),
        ("{{ code | default }}", "needs a text"),
        ("{{ code | truncate:\"many\" }}", "needs a number"),
        ("{{ code | upper:\"x\" }}", "takes nothing"),
        ("{{ code | upper upper }}", "expected a filter"),
        ("{% for x in range(99999) %}{% endfor %}", "no loop"),
        ("{% include \"/etc/passwd\" %}", "means nothing here"),
        ("{% set x = 1 %}", "means nothing here"),
        ("{% endif %}", "means nothing here"),
        ("{% if code %}", "line 1 has no {% endif %}"),
        ("{% if code %}{% else %}{% else %}{% endif %}", "two {% else %}"),
        ("{% if secret %}{% endif %}", "there is no field secret"),
        ("{% if code == 1 %}{% endif %}", "means nothing here"),
        ("{{ code", "{{ has no }}"),
        ("code }}", "}} stands alone"),
        ("\n{{ code }}\n\ncode }}", "line 4: }} stands alone"),
        ("{% if code %}" * 9 + "{% endif %}" * 9, "at most 8 others"),
        ("x" * (MOST_SOURCE + 1), "at most 64 KB"),
    ],
)  # fmt: skip
def test_what_a_template_may_not_say(text: str, why: str) -> None:
    with pytest.raises(WrongInput) as error:
        read_merge(text, FIELDS)
    assert re.search(why.replace("{%", r"\{%").replace("{{", r"\{\{"), str(error.value))
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_what_is_not_known_of_a_person_is_not_left_blank() -> None:
    with pytest.raises(WrongInput, match="code is not known of this person"):
        filled("Mã của bạn: {{ code }}")


def test_no_output_is_longer_than_its_bound() -> None:
    bomb = "{{ person.name }}" * 3_000
    with pytest.raises(WrongInput, match="longer than 64 KB"):
        read_merge(bomb, FIELDS).fill({"person.name": "ơ" * 5_000})
    assert len(filled("{{ code }}", code="y" * 5_000)) == 5_000
    with pytest.raises(WrongInput, match="longer than 64 KB"):
        filled("{{ code }}", code="y" * (MOST_OUTPUT + 1))


def test_values_are_text_and_never_read_again() -> None:
    assert (
        filled("{{ code }}", code="{{ person.name }}{% if code %}")
        == "{{ person.name }}{% if code %}"
    )
    page = read_merge("<b>{{ code }}</b>", FIELDS).fill({"code": '<script>"&'}, escaped)
    assert page == "<b>&lt;script&gt;&quot;&amp;</b>"


PARTS = ("{{", "}}", "{%", "%}", "if ", "not ", "else", "endif", "code", "person.name", "|", ":",
         "default", "upper", '"', "7", " ", "\n", "đ", "for", ".", "__", "\x00", "\ud800")  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=30).map("".join))
def test_whatever_is_written_ends_in_text_or_one_sentence(text: str) -> None:
    sentence = ""
    try:
        said = read_merge(text, FIELDS).fill({"code": "A", "person.name": "B"})
    except WrongInput as error:
        sentence = str(error)
    if sentence:
        assert sentence.endswith(".")
    else:
        assert "{{" not in said
        assert "{%" not in said


def test_deep_and_wide_templates_end() -> None:
    many = "{% if code %}a{% else %}b{% endif %}" * 1_500
    assert filled(many) == "b" * 1_500
    for bomb in ("{{", "{%", "{{ ", "{% if code", "{{ code |", '{{ code | default:"'):
        with pytest.raises(WrongInput):
            read_merge(bomb * (60_000 // len(bomb)), FIELDS)
    with pytest.raises(WrongInput, match="there is no field aaaa"):
        read_merge("{{ " + "a" * 60_000 + " }}", FIELDS)
    with pytest.raises(WrongInput):
        read_merge("{{ code " + "|" * 30_000 + "}}", FIELDS)

"""The page of all components as text: every macro is on it, and nothing that the policy on content forbids."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.browser.kit_app import drawn

import thang.web

ROOM = Path(thang.web.__file__).parent
COMPONENTS = ROOM / "templates" / "components"
VOID = {"meta", "link", "img", "input", "br", "hr"}


class Reader(HTMLParser):
    """Collects what the tests ask for: attributes, ids, open tags, scripts with words of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.pointed: set[str] = set()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.update(name for name, _ in attrs)
        for name, value in attrs:
            if name == "id":
                self.ids[value or ""] += 1
            if name in ("for", "aria-labelledby", "aria-describedby"):
                self.pointed.update((value or "").split())
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag("br", attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style") and data.strip():
            self.wrong.append(f"inline {self.open[-1]}")


@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.parametrize("template", ["kit.html", "more.html"])
def test_well_formed_without_inline_style_or_script(template: str, locale: str) -> None:
    reader = Reader()
    reader.feed(drawn(locale=locale, template=template))
    assert reader.wrong == []
    assert reader.open == []
    assert [name for name in reader.names if name == "style" or name.startswith("on")] == []
    assert [id for id, times in reader.ids.items() if times > 1] == []
    assert reader.pointed <= set(reader.ids)


def test_every_component_is_on_the_kit_and_no_macro_is_left_over() -> None:
    kit = (ROOM / "templates" / "kit.html").read_text()
    everything = "".join(p.read_text() for p in (ROOM / "templates").rglob("*.html"))
    shown = drawn()
    for file in COMPONENTS.glob("*.html"):
        macros = re.findall(r"macro ([a-z]\w*)\(", file.read_text())
        assert macros, file.name
        for name in macros:
            assert len(re.findall(rf"\b{name}\b", everything)) > 1, f"{file.name}: {name} is unused"
    for name in re.findall(r"from \"components/(\w+)", kit):
        assert (COMPONENTS / f"{name}.html").is_file()
    for mark in (
        "ladder",
        "stack",
        "alluvial",
        "band",
        "timeline",
        "yaml",
        "diff",
        "stepper",
        "empty",
    ):
        assert f'class="{mark}' in shown, mark


def test_the_english_page_speaks_english_in_its_frame() -> None:
    english, vietnamese = drawn(locale="en"), drawn(locale="vi")
    assert "Bring my own file" in english
    assert "Nhập tệp của tôi" not in english
    assert "Nhập tệp của tôi" in vietnamese
    assert "24,000" not in vietnamese
    assert "₫7,281,000" in english
    assert "7.281.000\u00a0₫" in vietnamese


def test_what_a_phone_downloads_stays_small() -> None:
    """The budget of every page, gzipped: 25 kB of script, and a third of that in style."""
    head = (ROOM / "templates" / "head.html").read_text()

    def weight(kind: str) -> int:
        files = re.findall(rf'"/(static/[\w/-]+\.{kind}|static/htmx/[\w.-]+\.{kind})"', head)
        assert files
        return sum(len(gzip.compress((ROOM / file).read_bytes())) for file in files)

    assert weight("css") < 9_000
    assert len((ROOM / "static" / "app.js").read_bytes()) < 2_000
    if (ROOM / "static" / "htmx").is_dir():  # put there by the build
        assert weight("js") < 25_000


def test_colours_are_named_only_where_tokens_are() -> None:
    """Both themes hold every token; parts and charts use tokens and no colour of their own."""
    text = (ROOM / "static" / "app.css").read_text()
    blocks = [
        set(re.findall(r"(--[\w-]+):", block))
        for block in re.findall(r"color-scheme: (?:light|dark);[^}]*", text)
    ]
    light, system, chosen = blocks
    assert system == chosen
    assert system <= light
    assert {f"--l{i}" for i in range(7)} <= system
    for name in ("parts.css", "charts.css"):
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b", (ROOM / "static" / name).read_text()) == []
    dark = [
        re.findall(r"--[\w-]+: [^;]+", block)
        for block in re.findall(r"color-scheme: dark;[^}]*", text)
    ]
    assert dark[0] == dark[1]

"""Refusals in Vietnamese: every one is translated, found again by its words, and loses nothing."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thang
from thang.web.words import upkeep
from thang.web.words.extracting import sentences
from thang.web.words.sentences import HOLE, Skeleton, in_words, shelved, skeleton, written

SOURCE = Path(thang.__file__).parent
NEVER = re.compile(r"\b(anh|chị|em|quý khách)\b", re.IGNORECASE)


def catalogue() -> dict[tuple[str, str], str]:
    found = written("vi")
    assert found is not None
    return {(m.context or "", str(m.id)): str(m.string) for m in found if m.id}


def holes(text: str) -> set[str]:
    return {match[1] for match in HOLE.finditer(text)}


def test_every_refusal_has_its_vietnamese_and_none_is_left_over() -> None:
    said = {(one.group, one.text) for one in sentences(SOURCE)}
    told = catalogue()
    assert len(said) > 250
    assert not said - {key for key, words in told.items() if words}, "run `make words`, fill it in"
    assert not told.keys() - said, "run `make words`: nobody says these any more"
    found = written("vi")
    assert found is not None
    assert not [m.id for m in found if m.id and m.fuzzy]


def test_a_translation_has_the_holes_commands_and_names_of_its_sentence() -> None:
    for (_, said), words in catalogue().items():
        assert holes(said) == holes(words), said
        assert not {m[2] for m in HOLE.finditer(words)} - {None}, said
        for kept in (r"`[^`<]*`", r"--[a-z-]+", r"\b\w+\.(?:yaml|db|key|jsonl|csv|xlsx)\b", r"U\+"):
            assert set(re.findall(kept, said)) <= set(re.findall(kept, words)), said
        assert words[-1] == said[-1] or said[-1] not in ".)", said


def test_the_vietnamese_is_composed_neutral_and_one_line() -> None:
    for words in catalogue().values():
        assert unicodedata.is_normalized("NFC", words)
        assert not NEVER.search(words)
        assert "\n" not in words
        assert "  " not in words


def test_the_file_is_as_its_verb_writes_it() -> None:
    assert upkeep.as_text(upkeep.written(upkeep.REFUSALS)) == upkeep.REFUSALS.read_bytes()


def test_english_and_what_nobody_translated_stay_as_they_are() -> None:
    known = "The shop has no events yet: run `thang import FILE` first."
    assert in_words(known, "en") == known
    assert in_words(known, "fr") == known
    for unknown in ("", " ", ".", "Nobody wrote this sentence.", "{0}: {1}.", "a: b: c"):
        assert in_words(unknown, "vi") == unknown


DATE = "{} is no date: write it as YYYY-MM-DD."


@pytest.mark.parametrize(
    "cell",
    [
        "'There is no rung x: choose one of y.'",
        "'z' is no month: write it as YYYY-MM.",
        "x is no date: write it as YYYY-MM-DD. y",
        "{0} {1:form} %s %(n)s \\1",
        "expected a list, found a mapping",
        "\n\0\u202e<b>",
        "holds no rows: " * 700,
    ],
)
def test_a_cell_that_speaks_like_a_refusal_is_kept_letter_by_letter(cell: str) -> None:
    expected = f"{cell} không phải là ngày: hãy viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-23."
    assert in_words(DATE.format(cell), "vi") == expected


MARK = "⟦mark⟧"
LITERALS = sorted({piece for _, said in catalogue() for piece in HOLE.split(said)[::3] if piece})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_hostile_text_breaks_a_sentence_or_gets_lost(data: st.DataObject) -> None:
    _, said = data.draw(st.sampled_from(sorted(catalogue())))
    pieces = st.sampled_from([*LITERALS, "{0}", "{1:form}", ": ", ", ", "x" * 500]) | st.text()
    hostile = st.lists(pieces, max_size=6).map("".join)
    sentence = HOLE.sub(lambda _: data.draw(hostile) + MARK + data.draw(hostile), said)
    words = in_words(sentence, "vi")
    assert words.count(MARK) >= sentence.count(MARK)


def test_work_grows_with_a_text_and_never_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look of a skeleton at a text passes over it a fixed number of times, so looks count."""
    looks: list[int] = []
    plain = Skeleton.holes

    def counted(self: Skeleton, text: str) -> tuple[str, ...] | None:
        looks.append(len(text) * len(self.literals))
        return plain(self, text)

    monkeypatch.setattr(Skeleton, "holes", counted)
    for atom in (": ", " or ", ", found ", " is no ", "expected x, but ", "'", "x. ", "; "):
        for around in ("{}", DATE, "f:1: k: expected {}, found {}.", "f: k: {}", "{} is not a {}."):
            work = []
            for length in (1_000, 10_000):
                looks.clear()
                in_words(around.replace("{}", atom * (length // len(atom))), "vi")
                work.append((len(looks), sum(looks)))
            (few, little), (many, much) = work
            assert many == few < 500, (atom, around)
            assert much <= 11 * little, (atom, around)


def test_a_sentence_is_looked_up_by_its_words() -> None:
    texts = [("", f"Word{n} is wrong: mend {{0}}.", f"Sai{n}: sửa {{0}}.") for n in range(1_000)]
    shelf = shelved(texts)[""]
    assert len(list(shelf.like("Word7 is wrong: mend x."))) == 1


def test_two_holes_that_touch_are_refused() -> None:
    with pytest.raises(ValueError, match="touch"):
        skeleton("{0}{1} is wrong", "{0}{1} sai")

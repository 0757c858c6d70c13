"""The source is read for its refusals: none goes unread, and one that cannot be is named."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import thang
from thang.web.words.extracting import sentences

SOURCE = Path(thang.__file__).parent


def test_the_words_of_every_raise_are_read() -> None:
    """Told another way: whatever stands in a `raise` with several words is in some skeleton."""
    read_words = "\n".join(one.text for one in sentences(SOURCE))
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Raise) or path.is_relative_to(SOURCE / "web"):
                continue
            called = node.exc.func if isinstance(node.exc, ast.Call) else None
            if called is None or ast.unparse(called) in (
                "ValueError", "TypeError", "SignInNeeded", "typer.BadParameter",
            ):  # fmt: skip
                continue
            for part in ast.walk(node):
                text = part.value if isinstance(part, ast.Constant) else None
                if isinstance(text, str) and len(text.split()) > 3:
                    assert text in read_words, f"{path.name}: {text}"


def test_a_sentence_that_is_made_elsewhere_is_refused_by_the_reader(tmp_path: Path) -> None:
    base = "class ThangError(Exception): ...\nclass Mine(ThangError): ...\n"
    (tmp_path / "a.py").write_text(base + "def f(x):\n    raise Mine(f'{x} is bad: mend {x!r}.')\n")
    assert "{0} is bad: mend {1}." in {one.text for one in sentences(tmp_path)}
    (tmp_path / "b.py").write_text("def f(x):\n    raise Mine(x.sentence)\n")
    with pytest.raises(LookupError, match=r"b\.py:2"):
        sentences(tmp_path)


def test_choices_inside_a_sentence_make_a_sentence_each(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "class ThangError(Exception): ...\n"
        "CURE = 'mend it now'\n"
        "def f(x):\n"
        "    what = 'it is bad' if x else 'it is worse'\n"
        "    raise ThangError(f'{x}: {what}; {CURE}.')\n"
    )
    said = {one.text for one in sentences(tmp_path)}
    assert {"{0}: it is bad; mend it now.", "{0}: it is worse; mend it now."} <= said

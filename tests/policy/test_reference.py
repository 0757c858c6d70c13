"""The reference page: the committed one is the generated one, and it leaves out no key."""

from __future__ import annotations

from pathlib import Path

import yaml

from thang.policy.load import default_text
from thang.policy.reference import reference_markdown

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "policy.md"


def test_the_committed_page_is_what_is_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_markdown(), "run `make docs`"


def test_no_key_of_the_default_policy_is_missing() -> None:
    page = reference_markdown()
    for section, value in yaml.safe_load(default_text()).items():
        assert f"`{section}`" in page
        for key in value if isinstance(value, dict) else ():
            assert f"`{key}`" in page or f"`{section}.{key}`" in page or f"{section}.<" in page, key


def test_the_example_on_the_page_is_a_policy() -> None:
    from thang.policy.load import read_policy

    example = reference_markdown().split("```yaml\n")[1].split("```")[0]
    assert read_policy(example).shop.return_window_days == 15


def test_tables_are_tables() -> None:
    for line in reference_markdown().splitlines():
        if line.startswith("|"):
            assert line.count("|") in (3, 5), line

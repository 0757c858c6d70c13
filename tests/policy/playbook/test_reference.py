"""The page of the playbook is the generated one, and says everything."""

from __future__ import annotations

from pathlib import Path

from policy.playbook.test_rows import IDS, KEYS
from thang.policy.playbook.happenings import TABLE
from thang.policy.playbook.merge_fields import FIELDS
from thang.policy.playbook.reference import reference_markdown
from thang.policy.playbook.shape import STEP, STRATEGY
from thang.policy.playbook.standings import STANDINGS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "playbook.md"


def test_the_page_is_the_one_that_is_generated() -> None:
    assert PAGE.read_text("utf-8") == reference_markdown(), "run `make docs`"


def test_every_row_fact_field_and_key_is_on_it() -> None:
    page = PAGE.read_text("utf-8")
    assert [row for row in IDS if f"\n| {row} | `" not in page] == []
    assert [key for key in KEYS if f"`{key}`" not in page] == []
    names = [one.name for one in (*TABLE, *STANDINGS)] + list(FIELDS)
    assert [name for name in names if f"| `{name}` |" not in page] == []
    assert [key for key in STRATEGY.keys if f"`strategies.<name>.{key}`" not in page] == []
    assert [key for key in STEP.keys if f"`strategies.<name>.steps.<name>.{key}`" not in page] == []


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    width = 0
    for line in PAGE.read_text("utf-8").splitlines():
        cells = line.count(" | ") if line.startswith("|") else 0
        assert not (width and cells) or cells == width, line
        width = cells

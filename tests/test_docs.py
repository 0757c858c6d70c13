"""Documentation is tested: what exists is documented, and what is documented is right."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import typer.main

from thang.channels.settings.load import read_channels
from thang.channels.settings.reference import channels_markdown
from thang.cli import app
from thang.policy.load import load_policy, read_policy
from thang.policy.playbook.load import read_playbook
from thang.policy.reference import reference_markdown
from thang.river.events import DERIVED, KINDS
from thang.river.sending.merge import read_merge
from thang.sources.formats import ROLES, SHIPPED, shipped
from thang.sources.rows import WHY
from thang.web.rooms import ROOMS
from thang.workspace.exporting import TABLES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PLAYBOOK = "# playbook.yaml\n"  # the first line of a block that is no policy
CHANNELS = "# channels.yaml\n"
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_every_verb_and_option_is_documented() -> None:
    text = page("reference/cli.md")
    group = typer.main.get_command(app)
    commands = dict(group.commands)
    for group_name in ("policy", "people"):
        nested = commands.pop(group_name, None)
        for name, command in nested.commands.items() if nested else ():
            commands[f"{group_name} {name}"] = command
    for name, command in commands.items():
        assert f"### `thang {name}" in text, name
        for option in command.params:
            for spelling in (o for o in option.opts if o.startswith("--")):
                assert f"`{spelling}" in text, f"{name} {spelling}"


def test_every_page_is_documented() -> None:
    told = set(re.findall(r"^\| `([^`?]+)`", page("reference/pages.md"), re.MULTILINE))
    shown = {route.path for router in ROOMS for route in router.routes if "GET" in route.methods}
    assert {path for path in shown if not path.startswith("/api/")} - told == set()
    assert told - shown == set()


def test_every_event_kind_is_documented() -> None:
    text = page("reference/events.md")
    assert [kind for kind in (*KINDS, *DERIVED) if f"| `{kind}` |" not in text] == []


def test_the_policy_reference_is_the_one_that_is_generated() -> None:
    assert page("reference/policy.md") == reference_markdown()


def test_the_channels_reference_is_the_one_that_is_generated() -> None:
    assert page("reference/channels.md") == channels_markdown()


def test_every_level_quantity_and_table_is_documented() -> None:
    policy = load_policy(None)
    told = page("explanation/ladder.md")
    assert all(level.names["en"] in told for level in policy.levels)
    assert all(f"`{table}`" in page("reference/tables.md") for table in TABLES)


def test_every_role_and_reason_of_a_file_is_documented() -> None:
    text = page("how-to/own-data.md")
    assert [role for role in ROLES if f"`{role}`" not in text] == []
    assert [reason for reason in WHY if f"`{reason}`" not in text] == []


def test_every_export_format_is_documented() -> None:
    text = page("reference/exports.md")
    assert [
        name for name in SHIPPED if shipped(name).rows == "items" and f"`{name}`" not in text
    ] == []


def yaml_blocks() -> list[tuple[str, str]]:
    found = []
    for path in PAGES:
        for block in re.findall(r"```yaml\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            found.append((path.name, textwrap.dedent(block)))
    return found


@pytest.mark.parametrize(("name", "block"), yaml_blocks())
def test_every_policy_in_the_docs_is_sound(name: str, block: str) -> None:
    if block.startswith(CHANNELS):
        assert read_channels(block, name) is not None
    elif block.startswith(PLAYBOOK):
        assert read_playbook(block, name, reads=read_merge).strategies
    else:
        assert read_policy(block, name).levels


def test_links_lead_somewhere() -> None:
    broken = []
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []


def test_no_page_speaks_of_one_machine() -> None:
    for path in PAGES:
        assert not re.search(r"(?<![\w.])/(?:work|root|tmp|home)/", path.read_text("utf-8")), path

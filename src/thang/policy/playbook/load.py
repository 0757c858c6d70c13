"""YAML in, a playbook out: a shop's own keys over the default rows, every mistake by its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from thang.policy.draft import Draft
from thang.policy.load import text_of
from thang.policy.overlay import laid
from thang.policy.playbook.building import Sentences, own_fact, templates
from thang.policy.playbook.effective import fingerprint
from thang.policy.playbook.facts import FACTS, Fact
from thang.policy.playbook.nouns import Playbook
from thang.policy.playbook.sense import Reads, Weighing, new_names
from thang.policy.playbook.shape import FACT_FORMS, PLAYBOOK
from thang.policy.playbook.standings import LEVELS, level_facts
from thang.policy.reading import read
from thang.policy.tree import Keys, Spot, read_tree

FILE = "playbook.yaml"
ROWS = "rows"


def load_playbook(
    path: Path | None, levels: Sequence[str] = LEVELS, reads: Reads | None = None
) -> Playbook:
    """The playbook of a file over the default one, or that itself; WrongPolicy if it is wrong.

    `levels` are the keys of the shop's ladder: of the default rows those for a level that the
    shop does not have are off. `reads` reads each text that the shop wrote (WrongInput if it
    cannot be filled); without it only the names of fields are looked at.
    """
    if path is None:
        return read_playbook("", levels=levels)
    return read_playbook(text_of(path), path.name, levels, reads)


def read_playbook(
    text: str, file: str = FILE, levels: Sequence[str] = LEVELS, reads: Reads | None = None
) -> Playbook:
    """The playbook of a YAML text over the default one; `file` is its name in errors."""
    if not text.strip():
        return _default(tuple(levels))
    draft = laid(_default_tree(), read_tree(text, file), PLAYBOOK)
    return _believed(draft, file, levels, reads)


def default_texts() -> Mapping[str, str]:
    """The default rows as they are written, by the name of their file, in the articles' order."""
    folder = files("thang.policy.playbook").joinpath(ROWS)
    found = sorted((one.name, one) for one in folder.iterdir() if one.name.endswith(".yaml"))
    return {name: one.read_text("utf-8") for name, one in found}


@cache
def _default(levels: tuple[str, ...]) -> Playbook:
    return _believed(Draft(_default_tree(), {}), "", levels, None)


@cache
def _default_tree() -> Keys:
    tree: Keys | None = None
    for name, text in default_texts().items():
        tree = laid(tree, read_tree(text, f"{ROWS}/{name}"), PLAYBOOK).root
    items = tree.items if tree else {}
    missing = {key: Keys(Spot(ROWS, 1)) for key in PLAYBOOK.keys if key not in items}
    return Keys(Spot(ROWS, 1), {**items, **missing})


def _believed(draft: Draft, own_file: str, levels: Sequence[str], reads: Reads | None) -> Playbook:
    values = read(PLAYBOOK, draft.root, "")
    facts = _facts(draft, values["facts"], levels)
    sentences = Sentences(draft, facts)
    rows = values["strategies"].items()
    weighing = Weighing(draft, facts, levels, values["shop"], own_file, reads)
    found = Playbook(
        strategies=weighing.all(sentences.strategy(key, row) for key, row in rows),
        templates={one.key: one for key, row in rows for one in templates(key, row)},
        fingerprint="",
        facts=facts,
        shop=values["shop"],
    )
    return replace(found, fingerprint=fingerprint(found))


def _facts(draft: Draft, own: Mapping[str, Any], levels: Sequence[str]) -> Mapping[str, Fact]:
    new_names(draft, own)
    extra = {fact.name: fact for fact in level_facts(levels) if fact.name not in FACTS}
    return {**FACTS, **extra, **{name: own_fact(name, v, FACT_FORMS) for name, v in own.items()}}

"""The floors hold: what the river brings along, what it may say, and who stands on whom."""

from __future__ import annotations

import ast
import json
import os
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import thang
from thang.policy.load import read_policy
from thang.river import census, fold, orders, program, work

SOURCE = Path(next(iter(thang.__path__)))
ROOT = Path(__file__).parents[1]
PURE = ("model.py", "policy", "river")
KINDRED = ("numpy", "yaml", "importlib.resources")  # what the pure floors stand on
BEYOND = {
    "duckdb", "sqlite3", "sqlalchemy", "pyspark", "pyarrow", "pandas", "httpx", "requests", "aiohttp",
    "fastapi", "starlette", "uvicorn", "cryptography", "typer", "rich", "msgspec", "python_calamine",
    "phonenumbers", "socket", "ssl", "http", "smtplib", "asyncio", "random", "secrets", "tempfile",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
NO_MODULES = {"time", "random", "secrets", "socket", "subprocess", "tempfile", "sqlite3", "uuid"}
READS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
# The compiler's own sources and cache, the policy's and playbook's files, and their pages.
READERS = {
    "river/compiled.py", "policy/load.py", "policy/reference.py", "policy/playbook/load.py",
    "policy/playbook/reference.py",
}  # fmt: skip
LEVELS = {level.key for level in read_policy("").levels}
OTHER_SENSES = {"customer", "member"}  # an identifier's namespace; the rule behind a bar
BAR_NAMES = {"premier_bar", "median_member_spend", "buyers", "own_bar"}
# Where words are found for the default policy's names, and where they are shown off.
SAID = ("web/words/", "web/pages/kit.py")
PLAIN_WORDS = {
    "spend", "orders", "gap", "since_order", "programme", "consent_recorded", "referrals",
}  # fmt: skip


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """The parsed modules of some rooms of the package, by their paths in it."""
    for room in rooms:
        top = SOURCE / room
        for path in sorted(top.rglob("*.py")) if top.is_dir() else [top]:
            yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def everything() -> Iterator[tuple[str, ast.Module]]:
    return trees(*(path.name for path in sorted(SOURCE.iterdir()) if path.suffix in ("", ".py")))


def modules_of(*packages: str) -> list[str]:
    """Every module of these packages by its full name."""
    found = []
    for package in packages:
        folder = SOURCE / package
        names = [module.name for module in pkgutil.iter_modules([str(folder)])]
        found += [f"thang.{package}.{name}" for name in names]
    return found


def brought_along(imports: list[str], **environment: str) -> set[str]:
    """Top-level names of all modules in a fresh process after these imports."""
    asked = "import importlib, json, sys\n" + "".join(
        f"importlib.import_module({name!r})\n" for name in imports
    )
    told = run("-c", asked + "print(json.dumps(sorted(sys.modules)))", **environment)
    assert told.returncode == 0, told.stderr
    return {name.partition(".")[0] for name in json.loads(told.stdout)}


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(SOURCE.parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *words], env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_river_and_what_is_below_bring_along_no_database_no_network_and_no_dice() -> None:
    pure = ["thang.model", *modules_of("policy", "river")]
    assert len(pure) > 30
    known = brought_along([*KINDRED, "numba"])
    assert (brought_along(pure) & BEYOND) - known == set()


def test_in_plain_python_not_even_the_compiler_comes_along() -> None:
    pure = ["thang.model", *modules_of("policy", "river")]
    found = brought_along(pure, THANG_KERNELS="python")
    assert "numba" not in found
    assert (found & BEYOND) - brought_along(list(KINDRED)) == set()


def test_help_is_quick_because_it_brings_little() -> None:
    asked = (
        "import json, sys; sys.argv = ['thang', '--help']\nimport thang.cli\n"
        "try: thang.cli.main()\nexcept SystemExit as end: assert not end.code\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    told = run("-c", asked)
    assert "explain" in told.stdout
    heavy = {"numpy", "numba", "duckdb", "pyarrow", "sqlalchemy", "pyspark", "scipy", "yaml"}
    assert {name.partition(".")[0] for name in json.loads(told.stderr)} & heavy == set()


@pytest.mark.parametrize("words", [("--help",), ("policy", "--help"), ("import", "--help")])
def test_the_package_runs_as_a_module(words: tuple[str, ...]) -> None:
    told = run("-m", "thang", *words)
    assert told.returncode == 0
    assert "Usage" in told.stdout


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            yield (function.id if isinstance(function, ast.Name) else name), node


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_the_pure_floors_look_at_no_clock_and_throw_no_dice() -> None:
    for path, tree in trees(*PURE):
        assert imported(tree) & NO_MODULES == set(), path
        assert {name for name, _ in calls(tree)} & CLOCKS == set(), path


def test_the_pure_floors_ask_the_environment_only_how_to_run_kernels() -> None:
    asking = {path for path, tree in trees(*PURE) if "os" in imported(tree)}
    assert asking == {"river/compiled.py"}


def test_the_pure_floors_read_only_policies() -> None:
    readers = {path for path, tree in trees(*PURE) if {name for name, _ in calls(tree)} & READS}
    assert readers == READERS


def strings(tree: ast.Module) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_outside_the_policy_no_code_names_a_level() -> None:
    for path, tree in everything():
        if not path.startswith(("policy/", *SAID)):
            assert strings(tree) & (LEVELS - OTHER_SENSES) == set(), path


def test_no_code_compares_anything_with_a_level() -> None:
    for path, tree in everything():
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                said = {x.value for x in ast.walk(node) if isinstance(x, ast.Constant)}
                assert {word for word in said if isinstance(word, str)} & LEVELS == set(), path


def test_outside_the_policy_no_code_names_a_quantity_of_the_default_one() -> None:
    quantities = set(read_policy("").quantities) - BAR_NAMES - PLAIN_WORDS
    assert "advocacy_points" in quantities
    for path, tree in everything():
        if not path.startswith(("policy/", *SAID)):
            assert strings(tree) & quantities == set(), path


def test_the_river_reads_bars_by_name_and_nothing_else_of_a_policys_own() -> None:
    named = {word for _, tree in trees("river") for word in strings(tree)}
    assert named & set(read_policy("").schemes) == set()


def public(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions, and methods of classes, that are called from elsewhere; a property is a name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if "property" not in {ast.unparse(one) for one in node.decorator_list}:
                yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(ast.Module(node.body, []))


def test_every_public_function_says_what_it_is_for() -> None:
    silent = [
        f"{path}: {function.name}"
        for path, tree in everything()
        for function in public(tree)
        if not ast.get_docstring(function)
    ]
    assert silent == []


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path, tree in everything() if not ast.get_docstring(tree)] == []


def test_no_column_of_a_kernel_is_hidden_by_a_word_of_numpys_own() -> None:
    """A record's `shape` is numpy's, not ours: plain Python would read another thing."""
    tables = {
        name: dtype
        for module in (program, work, orders, fold, census)
        for name, dtype in vars(module).items()
        if isinstance(dtype, np.dtype) and dtype.names
    }
    assert len(tables) > 10
    hidden = {
        f"{name}.{field}"
        for name, dtype in tables.items()
        for field in dtype.names or ()
        if hasattr(np.record, field)
    }
    assert hidden == set()


def test_water_flows_down() -> None:
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if tool is None:
        pytest.skip("import-linter is not installed")
    paths = os.environ | {"PYTHONPATH": str(SOURCE.parent)}
    told = subprocess.run(
        [tool, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=ROOT, env=paths, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout
    assert "0 broken" in told.stdout

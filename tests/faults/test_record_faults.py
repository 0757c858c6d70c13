"""Killed, full, read-only, taken: the record afterwards is as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import thang
from faults.mortal import history, import_all
from record.told import customer, facts, one, order
from thang.model import Unavailable
from thang.record import Record

TESTS = Path(__file__).parents[1]
NOBODY = 65534


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop; copies of it share its key, so that their facts can be compared."""
    folder = tmp_path_factory.mktemp("template") / "shop"
    Record.create(folder).close()
    return folder


@pytest.fixture(scope="module")
def undisturbed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "shop"
    shutil.copytree(template, folder)
    import_all(folder)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "shop")
    return tmp_path / "shop"


def process(fate: str, folder: Path, *rest: str) -> subprocess.Popen[str]:
    source = Path(next(iter(thang.__path__))).parent
    environment = os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{TESTS}"}
    return subprocess.Popen(
        [sys.executable, "-m", "faults.mortal", fate, str(folder), *rest],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def state(folder: Path) -> object:
    """Facts and opened personal data."""
    with Record.open(folder) as record:
        return facts(folder), record.personal(record.identifiers()[:, 0])


def whole(folder: Path) -> None:
    """What was committed is committed with its tally, and every event has its person's data."""
    with Record.open(folder) as record:
        tallies = [batch.tally for batch in record.batches()]
        assert sum(tally.events for tally in tallies) == record.counts().events
        assert all(t.rows == t.stored + t.duplicate + t.refused for t in tallies)
        named = set(record.events_after()["subject"].to_pylist())
        held = record.personal(sorted(named))
        assert named == held.keys()
        assert all({"identifier", "name"} <= fields.keys() for fields in held.values())


# The first write begins the batch; each portion then writes numbers, vault and events.
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", [1, 2, 3, 4, 9, 12])
def test_killed_at_any_write_and_run_again(
    folder: Path, undisturbed: Path, write: int, moment: str
) -> None:
    dying = process("die", folder, str(write), moment)
    dying.communicate()
    assert dying.returncode == -9
    whole(folder)
    import_all(folder)
    assert state(folder) == state(undisturbed)


@pytest.mark.parametrize("heard", [1, 3, 5])
def test_killed_from_outside_and_run_again(folder: Path, undisturbed: Path, heard: int) -> None:
    running = process("loud", folder)
    assert running.stdout is not None
    for _ in range(heard):
        assert running.stdout.readline().startswith("Tally(")
    running.kill()
    running.communicate()
    whole(folder)
    import_all(folder)
    assert state(folder) == state(undisturbed)


@pytest.mark.parametrize("size", [250_000, 400_000])
def test_a_file_that_may_not_grow_says_so_and_keeps_what_it_has(
    folder: Path, undisturbed: Path, size: int
) -> None:
    bounded = process("small files", folder, str(size))
    _, sentence = bounded.communicate()
    assert bounded.returncode == 1
    assert ".db" in sentence
    assert sentence.strip().endswith("what was committed is kept.")
    assert sentence.count("\n") == 1
    whole(folder)
    import_all(folder)
    assert state(folder) == state(undisturbed)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=900k,mode=700", "tmpfs", str(folder)],
        check=False, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs the `mount` command")
def test_a_full_disk_says_so_and_keeps_what_it_has(
    template: Path, undisturbed: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path):
        folder = tmp_path / "shop"
        shutil.copytree(template, folder)
        with pytest.raises(Unavailable, match=r"disk.*free some space and run .* again"):
            import_all(folder)
        subprocess.run(["mount", "-o", "remount,size=20m", str(tmp_path)], check=True)
        whole(folder)
        import_all(folder)
        assert state(folder) == state(undisturbed)


@contextmanager
def not_the_superuser(folder: Path) -> Iterator[None]:
    """The superuser may write anywhere; so step down for a while."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written_to(template: Path) -> None:
    outer = Path(tempfile.mkdtemp(prefix="thang-shop-"))
    outer.chmod(0o755)
    try:
        shutil.copytree(template, outer / "shop")
        (outer / "shop" / "writer.lock").unlink()
        (outer / "shop").chmod(0o500)
        (outer / "closed").mkdir(mode=0o500)
        with not_the_superuser(outer / "shop"):
            with pytest.raises(Unavailable, match="permissions"), Record.open(outer / "shop") as r:
                r.append("a", "till", [one(order(1, customer(1)))])
            with pytest.raises(Unavailable, match=r"choose another|permissions"):
                Record.create(outer / "closed" / "shop")
    finally:
        (outer / "shop").chmod(0o700)
        shutil.rmtree(outer)


def test_a_second_process_is_told_to_wait_and_a_dead_one_holds_nobody_up(folder: Path) -> None:
    holder = process("hold", folder)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with Record.open(folder) as record:
        with pytest.raises(Unavailable, match="Another thang is writing"):
            record.append("a", "till", history()[:1])
        assert record.counts().events == 0
        holder.kill()
        holder.communicate()
        assert record.append("a", "till", history()[:1]).events == 1

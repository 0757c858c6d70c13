"""One source, two ways to run it: compiled by numba, or as plain Python.

Compiling costs half a minute once, and about a second at the start of each later
process; it repays that from some ten thousand events on. Below, and to check the
compiler against itself, the very same functions run as Python. The choice is made
once, before a kernel is first imported.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Mode:
    """Which way this process runs the kernels: None until somebody decides or imports one."""

    python: bool | None = None
    cache: Path | None = None


def run_as_python(yes: bool) -> None:
    """Decide for this process; a later call than the first kernel's import changes nothing."""
    if Mode.python is None:
        Mode.python = yes


def is_cached() -> bool:
    """Whether anything of these sources was compiled before, by this machine's user."""
    return Mode.cache is not None and any(Mode.cache.rglob("*.nbi"))


def kernel(function: F) -> F:
    """A function that Python calls: compiled (cached on disk, without the interpreter's lock)."""
    return _made(function, from_python=True)


def inner(function: F) -> F:
    """A function that only kernels call: compiled without the costly way in from Python."""
    return _made(function, from_python=False)


def allocating_kernel(function: F) -> F:
    """A kernel that makes arrays of its own, and so counts who holds them."""
    return _made(function, from_python=True, allocates=True)


def allocating(function: F) -> F:
    """The same for a function that only kernels call."""
    return _made(function, from_python=False, allocates=True)


def _made(function: F, *, from_python: bool, allocates: bool = False) -> F:
    if Mode.python is None:
        Mode.python = os.environ.get("THANG_KERNELS") == "python"
    if Mode.python:
        return function
    compiled: F = _numba().njit(
        cache=True,
        nogil=True,
        error_model="numpy",
        no_cpython_wrapper=not from_python,
        no_cfunc_wrapper=True,
        _nrt=allocates,
    )(function)
    return compiled


def _numba() -> Any:
    """numba, with a cache of its own for exactly these sources.

    numba looks only at the file of the function it compiles, not at those it calls.
    """
    import numba  # noqa: PLC0415 - half a second that plain Python does without

    if Mode.cache is None:
        sources = sorted(Path(__file__).parent.glob("*.py"))
        digest = hashlib.blake2b(b"".join(s.read_bytes() for s in sources), digest_size=8)
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        Mode.cache = base / "thang" / f"kernels-{digest.hexdigest()}"
        setattr(numba.config, "CACHE_DIR", str(Mode.cache))  # noqa: B010 - made at run time
    return numba

"""One source, two ways to run it: compiled by numba, or as plain Python.

Compiling costs about a second at the start of a process, and repays it from some
ten thousand events on; below that, and to check the compiler against itself, the
very same functions run as Python. The choice is made once, before a kernel is
first imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Mode:
    """Which way this process runs the kernels: None until somebody decides or imports one."""

    python: bool | None = None


def run_as_python(yes: bool) -> None:
    """Decide for this process; a later call than the first kernel's import changes nothing."""
    if Mode.python is None:
        Mode.python = yes


def kernel(function: F) -> F:
    """A function that Python calls: compiled (cached on disk, without the interpreter's lock)."""
    return _made(function, from_python=True)


def inner(function: F) -> F:
    """A function that only kernels call: compiled without a way in from Python, which costs most."""
    return _made(function, from_python=False)


def _made(function: F, *, from_python: bool) -> F:
    if Mode.python is None:
        Mode.python = os.environ.get("THANG_KERNELS") == "python"
    if Mode.python:
        return function
    import numba

    wrappers = {"no_cpython_wrapper": not from_python, "no_cfunc_wrapper": True}
    if function.__module__.rsplit(".")[-1] in ("counting","asking","fold","census"): wrappers["_nrt"] = False
    compiled: F = numba.njit(cache=True, nogil=True, error_model="numpy", **wrappers)(function)
    return compiled

"""Puts htmx into the package at build: taken from a wheel that is a build requirement only.

No script of others is kept in the repository; what is taken must be exactly what was read.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import files
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INTO = Path("src/thang/web/static/htmx")
SCRIPTS = {
    "htmx-4.min.js": "28fae7bbe8e8142b702debb9d5234a9a436d9435a4b5165b195aa1a7ed840d25",
    "ext/hx-sse-4.min.js": "d3aeb71073552b253eaee99badebd60607003b1c25ac567ab88187d6887ab522",
}


class HtmxHook(BuildHookInterface[Any]):
    """Copies the two scripts, refusing any other version of them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel or an editable install is made."""
        folder = Path(self.root) / INTO
        folder.mkdir(parents=True, exist_ok=True)
        for name, digest in SCRIPTS.items():
            script = _found(name)
            if hashlib.sha256(script).hexdigest() != digest:
                raise RuntimeError(f"{name} is not the version this package was tested with.")
            (folder / Path(name).name).write_bytes(script)
        build_data["artifacts"].append(str(INTO))


def _found(name: str) -> bytes:
    """The bytes of one script, out of the installed wheel; Django itself is never imported."""
    for file in files("django-htmx") or []:
        if file.as_posix().endswith(f"static/django_htmx/{name}"):
            return Path(str(file.locate())).read_bytes()
    raise RuntimeError(f"{name} is missing: install requirements/build.lock with --no-deps.")

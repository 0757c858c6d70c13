"""Secrets by reference: a file of settings says where a secret is, and never what it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from thang.model import WrongInput

MOST = 10_000  # bytes of a secret's file


@dataclass(frozen=True, slots=True)
class Secret:
    """`env:NAME` or `file:PATH`; `where` is the file, line and key that say so."""

    reference: str
    where: str = ""

    def read(self, folder: Path) -> str:
        """The secret itself; a path is taken from the shop's folder. WrongInput if it is not there,
        empty, or readable by others.
        """
        kind, _, name = self.reference.partition(":")
        found = self._environment(name) if kind == "env" else self._file(folder / name)
        if not found.isascii() or not found.isprintable():
            raise WrongInput(
                f"{self.where}: the secret has letters that no secret has: copy it anew."
            )
        return found

    def _environment(self, name: str) -> str:
        found = os.environ.get(name, "").strip()
        if not found:
            raise WrongInput(
                f"{self.where}: the environment variable {name} is not set: "
                "set it where Thang is started."
            )
        return found

    def _file(self, path: Path) -> str:
        try:
            others = path.stat().st_mode & 0o077
            with path.open("rb") as file:
                found = file.read(MOST).decode("utf-8", "replace").strip()
        except (OSError, ValueError):
            raise WrongInput(
                f"{self.where}: the secret's file cannot be read: check that it is there."
            ) from None
        if others:
            raise WrongInput(
                f"{self.where}: others on this machine can read the secret's file: "
                "run `chmod 600` on it."
            )
        if not found:
            raise WrongInput(f"{self.where}: the secret's file is empty: write the secret into it.")
        return found

"""A shop's folder: record and vault, projection, policy, and the clock that reads them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from thang.model import Unavailable, WrongInput
from thang.policy.load import MOST_BYTES, load_policy
from thang.policy.schema import Policy
from thang.record.folder import has_shop

DEMO_MARK = ".thang-demo"
STARTING_POLICY = """\
# Your shop's rules. What you do not write here is as in Thang's default policy:
# see docs/reference/policy.md for every key, and `thang policy check` for mistakes.
shop:
  currency: {currency}
  tz: {tz}
"""


def wall_clock() -> int:
    """Now, in microseconds since 1970."""
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Folder:
    """Where a shop lives on disk."""

    path: Path
    now: Callable[[], int] = field(default=wall_clock)

    @property
    def is_demo(self) -> bool:
        """Whether everybody in this shop is invented."""
        return (self.path / DEMO_MARK).exists()

    @property
    def policy_file(self) -> Path:
        """The shop's own rules."""
        return self.path / "policy.yaml"

    @property
    def projection_file(self) -> Path:
        """The derived tables."""
        return self.path / "projection.duckdb"

    @property
    def formats(self) -> Path:
        """The shop's own formats: what columns mean that no known format knows."""
        return self.path / "formats"

    @property
    def incoming(self) -> Path:
        """Files that were brought and are not imported yet."""
        return self.path / "incoming"

    def policy(self) -> Policy:
        """The shop's policy as its file says now."""
        return load_policy(self.policy_file if self.policy_file.exists() else None)

    def policy_text(self) -> str:
        """The shop's own rules as they are written, right or wrong; none where there is no file."""
        if not self.policy_file.exists():
            return ""
        with self.policy_file.open("rb") as file:
            written = file.read(MOST_BYTES).decode("utf-8-sig", "replace")
        return written.replace("\r\n", "\n")

    def must_exist(self) -> None:
        """A sentence for whoever has no shop here yet."""
        if not has_shop(self.path):
            raise Unavailable(
                f"There is no shop in {self.path}: run `thang init --shop {self.path}` first."
            )

    def write_policy(self, currency: str, tz: str) -> None:
        """A first policy file that says only what is the shop's own."""
        if self.policy_file.exists():
            raise WrongInput(f"{self.policy_file} is there already: edit it instead.")
        self.policy_file.write_text(STARTING_POLICY.format(currency=currency, tz=tz), "utf-8")

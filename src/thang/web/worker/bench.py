"""What a task of the worker works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from subprocess import Popen

from thang.desk.desk import Desk
from thang.workspace.held import HeldWorkspace


@dataclass
class Bench:
    """What a task works with; `child` is the process that imports, while there is one."""

    shop: HeldWorkspace
    desk: Desk
    child: Popen[str] | None = field(default=None)

    def now(self) -> int:
        """Microseconds since 1970, by the shop's clock."""
        return self.shop.folder.now()

    def cancel(self) -> None:
        """Stop the child, if any."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

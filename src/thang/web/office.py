"""The one process's hold on a shop: its workspace, its desk, its worker, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from thang.desk.desk import Desk
from thang.web.intake.intake import Intake
from thang.web.intake.keys import KnownKeys
from thang.web.worker.loop import Worker
from thang.workspace.held import HeldWorkspace


@dataclass(frozen=True)
class Office:
    """What every page and every call works with."""

    shop: HeldWorkspace
    desk: Desk
    worker: Worker
    host: str = "127.0.0.1"
    secure: bool = False
    intake: Intake = field(init=False)
    write_keys: KnownKeys = field(init=False)

    def __post_init__(self) -> None:
        """Events that arrive wake the worker."""
        object.__setattr__(self, "intake", Intake(self.shop, self.worker.wake))
        object.__setattr__(self, "write_keys", KnownKeys(self.desk.keys))

    @classmethod
    def open(cls, path: Path, host: str = "127.0.0.1", *, secure: bool = False) -> Office:
        """Take hold of a shop's folder; the worker is started by whoever serves."""
        shop = HeldWorkspace(path)
        desk = Desk.open(path)
        return cls(shop, desk, Worker(shop, desk), host, secure)

    @property
    def demo(self) -> bool:
        """Whether everybody in this shop is invented."""
        return self.shop.folder.is_demo

    def now(self) -> int:
        """Microseconds since 1970, by the shop's clock."""
        return self.shop.folder.now()

    def close(self) -> None:
        """Write what waits, stop the worker after its step, and let go of the files."""
        self.intake.stop()
        self.worker.stop()
        self.desk.close()
        self.shop.close()


def office_of(request: Request) -> Office:
    """The office that serves a request."""
    office: Office = request.app.state.office
    return office

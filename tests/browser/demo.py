"""A demo shop behind the real web app, and a browser that is signed in as its owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.serving import serving

from thang.desk.people import Role
from thang.web.access.cookies import session_name
from thang.web.app import create_app
from thang.web.office import Office
from thang.workspace.choosing import Asked
from thang.workspace.inventing import demo_shop

PASSWORD = "bảy bậc thang tre xanh"  # noqa: S105


@dataclass(frozen=True)
class Served:
    """Where the demo is served, whose cookie opens it, and one of its people of a high rung."""

    office: Office
    address: str
    cookie: dict[str, str]
    somebody: str

    def at(self, name: str, locale: str) -> str:
        """The address of one of the `pages`, in a language."""
        path = self.pages[name]
        return f"{self.address}{path}{'&' if '?' in path else '?'}lang={locale}"

    @property
    def pages(self) -> dict[str, str]:
        """Every page by its name: what tests of all pages walk through."""
        return {
            "ladder": "/ladder",
            "ladder in per cent": "/ladder?share=true",
            "customers": "/customers",
            "almost up": "/customers?view=almost_up",
            "nobody": "/customers?q=zzzzqqq",
            "customer": f"/customers/{self.somebody}",
            "customer in the past": f"/customers/{self.somebody}?at=2026-06-30",
            "value": "/value",
            "groups": "/groups",
            "stage": "/stage",
            "campaigns": "/campaigns",
            "campaign": "/campaigns/after_sales",
            "new strategy": "/campaigns/new?like=after_sales",
            "daily run": "/campaigns/run",
            "tasks": "/tasks",
            "programmes": "/programmes",
            "outcomes": "/outcomes",
            "import": "/import",
            "policy": "/policy",
            "policy as text": "/policy?show=yaml",
            "policy version": "/policy/versions/1",
            "settings": "/settings",
            "people": "/settings/people",
            "channels": "/settings/channels",
            "keys": "/settings/keys",
            "audit": "/settings/audit",
            "about": "/settings/about",
            "more": "/more",
            "not found": "/customers/p_nobody",
        }


@contextmanager
def served_demo(folder: Path) -> Iterator[Served]:
    """A fresh demo shop with an owner, served with its worker until the block ends."""
    demo_shop(folder)
    office = Office.open(folder)
    office.shop.judge()
    office.shop.run()
    owner = office.desk.people.add("Chủ shop mẫu", Role.OWNER, "vi", office.now(), PASSWORD)
    token = office.desk.sessions.begin(owner.id, "test", office.now())
    (row, *_) = office.shop.customers(Asked(levels=("advocate",))).rows
    with serving(create_app(office)) as address:
        cookie = {"name": session_name(office), "value": token, "url": address}
        yield Served(office, address, cookie, row.ref)
    office.close()

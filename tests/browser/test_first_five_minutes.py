"""The first five minutes, as a seller lives them: from the printed link to a list of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Opener
from tests.browser.serving import serving

from thang.web.app import create_app
from thang.web.office import Office
from thang.workspace.inventing import demo_shop

SAID = {
    "vi": {"look": "Cho tôi xem shop mẫu", "own": "Nhập tệp của tôi"},
    "en": {"look": "Show me the made-up shop", "own": "Bring my own file"},
}
HEADER = "Mã đơn hàng,Ngày đặt hàng,Số điện thoại,Tên người nhận,Tổng tiền\n"
WRONG = "DH-SAI-1,31/02/2026,0900000001,Bịa Văn Sai,100000\n"


def orders() -> str:
    """A small shop's orders of one year, one of them on a day that there is not."""
    rows = [
        f"DH-{who}-{n},{1 + (who + n) % 28:02}/{1 + n:02}/2026,09000000{who:02},"
        f"Bịa Thị {who},{150_000 + 1000 * who}\n"
        for who in range(1, 41)
        for n in range(1 + who % 5)
    ]
    return HEADER + "".join(rows) + WRONG


@pytest.fixture
def fresh(tmp_path: Path, made: Path) -> Iterator[str]:
    """The link that a new demo prints; its files are copied, not invented again."""
    import shutil

    shutil.copytree(made, tmp_path / "demo-shop")
    office = Office.open(tmp_path / "demo-shop")
    app = create_app(office)
    with serving(app) as address:
        yield f"{address}/welcome?token={office.desk.first_token(office.now())}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "demo-shop"
    demo_shop(folder)
    return folder


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("locale", ["vi", "en"])
def test_from_the_printed_link_to_a_list_of_ones_own(
    opened: Opener, fresh: str, tmp_path: Path, locale: str, width: int
) -> None:
    file = tmp_path / "đơn hàng.csv"
    file.write_text(orders(), "utf-8")
    with opened("about:blank", width=width, locale=f"{locale}-VN") as page:
        page.goto(fresh)
        page.get_by_role("button", name=SAID[locale]["look"]).click()
        look_around(page)
        page.get_by_role("button", name=SAID[locale]["own"]).click()
        bring(page, file)
        own_ladder(page)


def look_around(page: Page) -> None:
    """The ladder, the list behind the one thing to do, one person and the reasons."""
    page.wait_for_url("**/ladder")
    expect(page.locator(".ladder .rung")).to_have_count(7)
    expect(page.locator(".banner.demo")).to_be_visible()
    page.locator(".card.advice a.button.primary").click()
    page.wait_for_url("**/customers?*")
    page.locator("#rows tbody tr a").first.click()
    page.wait_for_url("**/customers/p_*")
    expect(page.locator("#why li.met, #why p").first).to_be_visible()
    expect(page.locator("#next li.unmet")).to_have_count(1)


def bring(page: Page, file: Path) -> None:
    """Choose the file, see what would come in, and let it in."""
    page.wait_for_url("**/import")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("#choose button.primary").click()
    page.wait_for_url("**/import/*")
    page.locator("#columns button.primary").click(timeout=30_000)
    expect(page.locator("#check")).to_contain_text("120", timeout=30_000)
    expect(page.locator("#job")).to_contain_text("31/02/2026")
    page.locator("#check button.primary").click()
    expect(page.locator("#done")).to_be_visible(timeout=60_000)


def own_ladder(page: Page) -> None:
    """Everybody in the file stands on a rung, and those almost up can be taken away."""
    page.locator("#done a.button.primary").click()
    page.wait_for_url("**/ladder")
    for _ in range(60):
        if page.locator(".ladder .rung").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator(".ladder .rung")).to_have_count(7)
    expect(page.locator(".banner.demo")).to_have_count(0)
    page.goto(page.url.replace("/ladder", "/customers?view=almost_up"))
    assert page.locator("#rows tbody tr").count() > 0
    with page.expect_download() as download:
        page.locator("a.button.primary").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) > 1
    assert "Bịa Thị" in lines[1]

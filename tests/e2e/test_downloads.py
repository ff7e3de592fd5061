"""Downloads hold what the panel shows."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.dashboard import Dashboard
from support.live import Live

FORMATS = {"CSV": ".csv", "NDJSON": ".ndjson", "Arrow": ".arrows", "Parquet": ".parquet"}


def download(page: Dashboard, place: str, name: str) -> Path:
    """The file that a menu gives."""
    menu = page.page.locator(place)
    menu.locator("summary").click()
    with page.page.expect_download() as begun:
        menu.get_by_role("button", name=name, exact=True).click()
    file = begun.value
    assert file.suggested_filename.endswith(FORMATS[name]), file.suggested_filename
    return file.path()


def same(text: str) -> str | float:
    """A number whatever it is written like; text without what keeps it from being a formula."""
    try:
        return float(text)
    except ValueError:
        return text.removeprefix("'")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_as_a_file(shown: Dashboard, name: str) -> None:
    assert download(shown, "#panel-outcomes .menu", name).stat().st_size > 0


def test_a_file_has_the_rows_of_the_panel(shown: Dashboard) -> None:
    path = download(shown, "#panel-providers .menu", "CSV")
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    assert names == shown.columns("providers")
    listed = [[same(value or "") for value in row] for row in shown.rows("providers")]
    assert [[same(value) for value in row] for row in rows][: len(listed)] == listed


def test_the_calls_themselves_can_be_downloaded(signed_in: Dashboard, site: Live) -> None:
    signed_in.show("?view=calls&outcome=NO_ANSWER")
    path = download(signed_in, "#view-calls .menu", "NDJSON")
    filters = {"date_range": "last_30_days", "outcome": "NO_ANSWER"}
    expected = site.rows("call_count", filters=filters)[0]["count"]
    assert path.read_text(encoding="utf-8").count("\n") == expected
    signed_in.page.route("**/calls/search", lambda route: route.fulfill(status=503, body="{}"))
    menu = signed_in.page.locator("#view-calls .menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name="CSV").click()
    notice = signed_in.page.locator("#view-calls").get_by_role("alert")
    expect(notice).to_contain_text("The download failed")
    signed_in.page.unroute_all()
    signed_in.forgive("status of 503")

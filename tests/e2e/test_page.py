"""The page as a whole: for everyone, on every screen, within its policy."""

import json
import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from support.dashboard import Dashboard, Opener
from support.live import ADMIN_KEY, Live


@pytest.mark.parametrize(
    ("scheme", "query"),
    [
        ("light", "?outcome=NO_ANSWER&outcome=BUSY"),
        ("dark", "?outcome=NO_ANSWER&outcome=BUSY"),
        ("light", "?outcome=NEVER_HEARD_OF"),
        ("dark", "?view=calls"),
    ],
)
def test_axe_finds_nothing(visit: Opener, site: Live, scheme: str, query: str) -> None:
    page = visit(site)
    page.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.open(query)
    assert not page.violations()
    page.sign_in(ADMIN_KEY)
    table = page.page.get_by_role("button", name="Table")
    if table.count():
        table.first.click()
    assert not page.violations()


def test_axe_finds_nothing_in_the_dialog(dashboard: Dashboard) -> None:
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Filter by").select_option("weekday")
    assert not dashboard.violations()
    # A call always has a weekday, and no values of leads are listed.
    expect(dialog.get_by_role("checkbox")).to_have_count(7)
    dialog.get_by_label("Filter by").select_option("lead_id")
    expect(dialog.get_by_role("checkbox", name="none (absent)")).to_be_visible()
    expect(dialog.locator(".note")).to_be_empty()
    dialog.press("Escape")
    expect(dashboard.page.get_by_role("button", name="+ Filter")).to_be_focused()


def test_nothing_is_wider_than_the_screen(visit: Opener, site: Live) -> None:
    dashboard = visit(site)
    dashboard.open(key=ADMIN_KEY)
    for width in (360, 1280, 1920):
        dashboard.page.set_viewport_size({"width": width, "height": 800})
        found = dashboard.page.evaluate("document.documentElement.scrollWidth")
        assert found <= width


def test_the_theme_is_switched_for_the_tab(visit: Opener, site: Live) -> None:
    dashboard = visit(site)
    dashboard.open(key=ADMIN_KEY)
    root = dashboard.page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    dashboard.page.get_by_role("button", name="Light / dark").click()
    expect(root).to_have_attribute("data-theme", "dark")
    dashboard.page.reload()
    dashboard.settle()
    expect(root).to_have_attribute("data-theme", "dark")


def test_text_of_a_record_is_never_markup(signed_in: Dashboard) -> None:
    signed_in.show("?outcome=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert signed_in.chips() == ["Outcome: <img src=x onerror=alert(1)>"]
    expect(signed_in.page.locator("main img, .chip img")).to_have_count(0)


def test_numbers_are_in_the_language_of_the_reader(browser: Browser, site: Live) -> None:
    context = browser.new_context(locale="de-DE")
    page = Dashboard(context.new_page(), site.url)
    page.open("?date_range=all", key=ADMIN_KEY)
    figure = page.panel("calls").locator(".figure [data-field=calls]")
    expect(figure).to_have_text("6.000")
    context.close()


PERSIAN = str.maketrans("0123456789", "".join(chr(0x06F0 + digit) for digit in range(10)))
STRICT = """
    const refuse = () => { throw new DOMException("", "SecurityError"); };
    Object.defineProperty(window, "sessionStorage", { get: refuse });
    Object.defineProperty(navigator, "languages", { get: () => ["fa-IR@posix", "fa-IR"] });
"""


def test_other_digits_an_odd_language_and_a_browser_that_keeps_nothing(
    browser: Browser, site: Live
) -> None:
    context = browser.new_context(locale="fa-IR")
    context.add_init_script(STRICT)
    page = Dashboard(context.new_page(), site.url)
    page.open(key=ADMIN_KEY)
    year = str(datetime.now(UTC).year)
    expect(page.page.locator("#asked")).to_contain_text(year.translate(PERSIAN))
    changes = page.panel("calls").locator(".delta.good, .delta.bad")
    expect(changes.first).to_contain_text(re.compile("▲|▼"))
    page.expect_peace()
    context.close()


def test_the_dates_are_said_beside_the_filters_and_on_paper(dashboard: Dashboard) -> None:
    asked = dashboard.page.locator("#asked")
    # On the first day of some months these are a whole month.
    expect(asked).to_contain_text(re.compile(", compared with the (30 days|month) before"))
    dashboard.page.get_by_label("Compare with").select_option("none")
    dashboard.settle()
    expect(asked).not_to_contain_text("compared")
    dashboard.page.emulate_media(media="print")
    expect(asked).to_be_visible()
    expect(asked.locator("span")).to_have_text("Last 30 days: ")
    dashboard.page.emulate_media(media="screen")
    expect(asked.locator("span")).to_be_hidden()


def answered(page: Dashboard, path: str) -> AbstractContextManager[Any]:
    """Wait until the whole answer of a path has come."""
    return page.page.expect_request_finished(lambda request: request.url.endswith(path))


MARK = ".picture [role=graphics-symbol][tabindex]"


def batches(page: Dashboard) -> list[str]:
    """The requests for figures."""
    return [one.url for one in page.requests if one.url.endswith("/analytics/batch")]


def test_one_request_brings_the_figures_of_all_panels(dashboard: Dashboard, site: Live) -> None:
    posted = [one for one in dashboard.requests if one.method == "POST"]
    assert len(batches(dashboard)) == 1
    assert len(posted) == 3, [one.url for one in posted]
    sent = next(one for one in posted if one.url.endswith("/batch")).post_data
    panels = site.client.get("/dashboard/panels.json").json()["panels"]
    assert len(json.loads(sent or "")["queries"]) == len(panels)
    dashboard.page.locator(".skip").press("Enter")
    dashboard.page.wait_for_url("**/#main")
    dashboard.settle()
    assert len(batches(dashboard)) == 1


def test_a_change_while_the_first_picture_is_made(visit: Opener, site: Live) -> None:
    """The script that draws comes late: what was asked last is drawn, and can be used."""
    page = visit(site)
    held: list[Route] = []
    page.page.route("**/vendor/charts.js", lambda route: held.extend([route]))
    page.open("?outcome=BUSY")
    page.page.get_by_label("Access key").fill(ADMIN_KEY)
    with answered(page, "/analytics/batch"), answered(page, "/analytics"):
        page.page.get_by_role("button", name="Sign in").click()
    with answered(page, "/analytics/batch"), answered(page, "/analytics"):
        page.page.get_by_label("Compare with").select_option("none")
    for route in held:
        route.continue_()
    page.settle()
    page.panel("providers").locator(MARK).first.click()
    page.settle()
    assert page.query.keys() == {"outcome", "compare", "provider"}


def test_a_page_of_a_proxy_is_not_taken_for_an_answer(visit: Opener, site: Live) -> None:
    page = visit(site)
    page.open(key=ADMIN_KEY)

    def sign_in(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<html>Sign in</html>")

    page.page.route("**/analytics/batch", sign_in)
    page.show("?date_range=last_7_days")
    expect(page.page.get_by_role("alert").first).to_contain_text("load this page anew")
    page.page.unroute("**/analytics/batch")
    page.show("?date_range=last_30_days")
    expect(page.page.get_by_role("alert")).to_have_count(0)

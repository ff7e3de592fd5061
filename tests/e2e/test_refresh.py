"""Live refresh: it asks again by itself, without flicker, and only for a tab that is looked at."""

from playwright.sync_api import Route, expect

from support.dashboard import Dashboard, Opener
from support.live import ADMIN_KEY, Live

MINUTE = "01:00"
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""

# How many drawings there are to be seen whenever some were replaced.
WATCH = """place => {
    const element = document.querySelector(place);
    const visible = drawing =>
        getComputedStyle(drawing).visibility === "visible" && drawing.querySelector("svg");
    const count = () => seen.push([...element.querySelectorAll(".drawing")].filter(visible).length);
    window.seen = [];
    new MutationObserver(changes => changes.some(one => one.removedNodes.length) && count())
        .observe(element, { childList: true });
}"""


def batches(page: Dashboard) -> int:
    """How often the panels were asked for."""
    return sum(request.url.endswith("/analytics/batch") for request in page.requests)


def refreshing(visit: Opener, site: Live) -> Dashboard:
    page = visit(site)
    page.page.clock.install()
    page.open("?refresh=60", key=ADMIN_KEY)
    assert batches(page) == 1
    return page


def pass_a_minute(page: Dashboard) -> None:
    page.page.clock.fast_forward(MINUTE)
    page.settle()


def test_it_asks_again_and_keeps_what_is_drawn(visit: Opener, site: Live) -> None:
    page = refreshing(visit, site)
    page.page.evaluate(WATCH, "#panel-outcomes .picture")
    providers = page.panel("providers")
    providers.get_by_role("button", name="Table").click()
    row = providers.locator("tbody button").nth(1)
    row.focus()
    for times in (2, 3):
        with page.page.expect_response("**/analytics/batch"):
            page.page.clock.fast_forward(MINUTE)
        page.settle()
        assert batches(page) == times
        expect(row).to_be_focused()
    assert page.page.evaluate("seen") == [1, 1]


def test_more_calls_come_and_a_record_stays_whatever_is_refreshed(
    visit: Opener, site: Live
) -> None:
    page = visit(site)
    page.page.clock.install()
    page.open("?refresh=60&view=calls", key=ADMIN_KEY)
    held: list[Route] = []
    page.page.route("**/calls/search", lambda route: held.extend([route]))
    page.page.get_by_role("button", name="More").click()
    pass_a_minute(page)
    for route in held:
        route.continue_()
    rows = page.page.locator("#view-calls tbody tr")
    expect(rows).to_have_count(200)
    rows.first.get_by_role("link").first.click()
    page.settle()
    asked = len(page.requests)
    pass_a_minute(page)
    assert len(page.requests) == asked


def test_a_hidden_tab_asks_nothing_and_is_up_to_date_when_it_is_seen(
    visit: Opener, site: Live
) -> None:
    page = refreshing(visit, site)
    page.page.evaluate(HIDE, True)
    for _ in range(3):
        pass_a_minute(page)
    assert batches(page) == 1
    with page.page.expect_response("**/analytics/batch"):
        page.page.evaluate(HIDE, False)
        page.page.clock.run_for(1)
    page.settle()
    assert batches(page) == 2
    # Who only looked elsewhere for a moment has what is new enough.
    page.page.evaluate(HIDE, True)
    page.page.evaluate(HIDE, False)
    page.page.clock.run_for(1_000)
    page.settle()
    assert batches(page) == 2
    with page.page.expect_response("**/analytics/batch"):
        page.page.clock.fast_forward(MINUTE)
    page.settle()
    assert batches(page) == 3


def test_without_it_nothing_is_asked_again(visit: Opener, site: Live) -> None:
    page = visit(site)
    page.page.clock.install()
    page.open(key=ADMIN_KEY)
    for _ in range(3):
        pass_a_minute(page)
    assert batches(page) == 1
    expect(page.page.get_by_label("Refresh")).to_have_value("0")

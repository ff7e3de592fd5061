"""What fails beside the figures, in the middle of an answer, or in each of the panels."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.test_embed import begin, calls_of, frame, host, send, token
from e2e.test_sign_in import UNAUTHORIZED, make_key
from support.dashboard import Dashboard, Opener
from support.live import Live

__all__ = ["host"]

TIMED_OUT = {
    "type": "urn:callistics:problem:timeout",
    "title": "Timed out",
    "status": 504,
    "detail": "the query ran past its time limit",
}


def add_calls(page: Page) -> None:
    """Ask for the next page of the list."""
    page.get_by_role("button", name="More").click()


def save_calls(page: Page) -> None:
    """Ask for a file."""
    page.locator("#view-calls summary").click()
    page.locator("#view-calls .menu").get_by_role("button", name="CSV").click()


def see_values(page: Page) -> None:
    """Ask for suggestions."""
    page.get_by_role("button", name="+ Filter").click()


@pytest.mark.parametrize("ask", [add_calls, save_calls, see_values])
def test_whatever_is_asked_with_a_revoked_key_ends_the_view(
    visit: Opener, site: Live, ask: Callable[[Page], None]
) -> None:
    key, identity = make_key(site, "query")
    page = visit(site)
    page.open("?view=calls&date_range=all", key=key)
    assert site.client.delete(f"/keys/{identity}").status_code == 204
    ask(page.page)
    expect(page.page.get_by_label("Access key")).to_be_visible()
    expect(page.page.get_by_role("alert")).to_contain_text("revoked")
    expect(page.page.locator("#view-calls")).to_be_empty()
    page.forgive(UNAUTHORIZED)


def test_a_download_asks_for_another_token_once(visit: Opener, site: Live, host: str) -> None:
    page = begin(visit, site, host)
    found = frame(page.page, site, f"#token={token(site)}")
    calls_of(found)
    page.page.route("**/analytics", lambda route: route.fulfill(status=401, json={}))
    menu = found.locator("#panel-outcomes .menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name="CSV").click()
    expect(found.locator("#notices")).to_contain_text("expired")
    page.page.unroute_all()
    send(page.page, {"type": "callistics:token", "token": token(site)})
    expect(found.locator("#notices")).to_be_empty()
    assert len(page.page.evaluate("heard")) == 1
    page.forgive(UNAUTHORIZED)


def in_each(route: Route) -> None:
    """Answer as where every query of a batch runs out of time."""
    answer = route.fetch()
    body: dict[str, Any] = answer.json()
    route.fulfill(response=answer, json={"answers": [TIMED_OUT] * len(body["answers"])})


def broken(route: Route) -> None:
    """Answer as where a connection ends within an answer."""
    route.fulfill(status=200, content_type="application/json", body='{"answers": [')


def alone(route: Route) -> None:
    """Answer as where only the number of calls runs out of time."""
    route.fulfill(status=504, content_type="application/problem+json", json=TIMED_OUT)


@pytest.mark.parametrize(
    ("path", "answer", "text"),
    [
        ("/analytics/batch", in_each, "ran past its time limit"),
        ("/analytics/batch", broken, "The answer of the server broke off."),
        ("/analytics", alone, "ran past its time limit"),
    ],
)
def test_what_failed_for_a_while_is_tried_again_by_keyboard(
    signed_in: Dashboard, path: str, answer: Callable[[Route], None], text: str
) -> None:
    signed_in.show("?date_range=all")
    page = signed_in.page
    page.route(f"{signed_in.url}{path}", answer)
    page.get_by_label("Range").select_option("last_12_months")
    alert = page.locator("#notices [role=alert]")
    expect(alert).to_contain_text(text)
    page.unroute_all()
    alert.get_by_role("button", name="Try again").press("Enter")
    expect(alert).to_have_count(0)
    signed_in.settle()
    expect(page.locator("#asked")).not_to_be_empty()
    # Who was at the button is at the figures that came in its place.
    expect(page.locator("main")).to_be_focused()
    signed_in.forgive("status of 504")

"""Texts that are empty or long, and figures that are very large, on any screen."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from support.dashboard import Dashboard, Opener
from support.live import ADMIN_KEY, Live

MANY = 123_456_789_012
OVERLAPPING = """tiles => {
    const ends = (range) => range.getBoundingClientRect();
    const figures = [...document.querySelectorAll(".tile .figure")].map((figure) => {
        const range = document.createRange();
        range.selectNodeContents(figure);
        return [ends(range), ends(figure.closest(".panel"))];
    });
    return figures.filter(([one, panel], place) => one.right > panel.right || figures.some(
        ([other], next) => next !== place && one.left < other.right && other.left < one.right
            && one.top < other.bottom && other.top < one.bottom)).length;
}"""


def with_many(route: Route) -> None:
    """Make all counts of an answer very large."""
    answer = route.fetch()
    body: dict[str, Any] = answer.json()
    for row in (row for one in body["answers"] for row in one["data"]):
        row.update({name: MANY for name in ("calls", "reached", "total") if name in row})
    route.fulfill(response=answer, json=body)


@pytest.mark.parametrize("width", [360, 1280])
def test_large_figures_and_long_zones_keep_to_the_screen(
    visit: Opener, site: Live, width: int
) -> None:
    page = visit(site)
    page.page.set_viewport_size({"width": width, "height": 800})
    page.page.route("**/analytics/batch", with_many)
    page.open("?timezone=America%2FArgentina%2FComodRivadavia", key=ADMIN_KEY)
    expect(page.panel("calls").locator(".figure").first).to_contain_text("123,456,789,012")
    assert page.page.evaluate(OVERLAPPING) == 0
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def with_empty(route: Route) -> None:
    """Make each first text of the outcomes empty."""
    answer = route.fetch()
    body: dict[str, Any] = answer.json()
    for one in body["answers"]:
        if one["data"] and "outcome" in one["data"][0]:
            one["data"][0]["outcome"] = ""
    route.fulfill(response=answer, json=body)


def test_an_empty_text_can_be_seen_and_chosen(signed_in: Dashboard) -> None:
    signed_in.page.route("**/analytics/batch", with_empty)
    signed_in.show("")
    panel = signed_in.panel("outcomes")
    labels = panel.locator(".picture .role-axis-label text").all_text_contents()
    assert '""' in labels
    assert "null" not in labels
    panel.get_by_role("button", name="Table").click()
    choose = panel.get_by_role("button", name='Filter by ""', exact=True)
    expect(choose).to_have_text('""')
    choose.click()
    signed_in.settle()
    assert signed_in.chips() == ['Outcome: ""']
    signed_in.page.unroute_all()

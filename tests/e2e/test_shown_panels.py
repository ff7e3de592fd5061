"""What panels show is what the server answers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from support.dashboard import Dashboard, as_text
from support.live import Live

Body = dict[str, Any]
USUAL: Body = {"filters": {"date_range": "last_30_days"}, "granularity": "day", "timezone": "UTC"}
COMPARED: Body = {**USUAL, "compare": "previous_period"}
VIEWS: Mapping[str, tuple[str, Body]] = {
    "usual": ("", COMPARED),
    "filtered": (
        "?compare=none&min_duration=20&provider=TWILIO&provider=PLIVO",
        {
            **USUAL,
            "filters": {**USUAL["filters"], "min_duration": 20, "provider": ["TWILIO", "PLIVO"]},
        },
    ),
    "all_time": (
        "?date_range=all&granularity=quarter",
        {"filters": {}, "granularity": "quarter", "timezone": "UTC"},
    ),
    "half_hours": (
        "?date_range=yesterday&timezone=Asia%2FKolkata",
        {
            "filters": {"date_range": "yesterday"},
            "granularity": "hour",
            "timezone": "Asia/Kolkata",
            "compare": "previous_period",
        },
    ),
}


def described(server: Live) -> list[Body]:
    """The panels as the server declares them."""
    return server.client.get("/dashboard/panels.json").json()["panels"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_figure_is_the_one_that_the_server_answers(
    signed_in: Dashboard, site: Live, view: str
) -> None:
    query, body = VIEWS[view]
    signed_in.show(query)
    panels = described(site)
    queries = [{**body, **panel["query"]} for panel in panels]
    answers = site.client.post("/analytics/batch", json={"queries": queries}).json()["answers"]
    assert any(answer["data"] for answer in answers)
    for panel, answer in zip(panels, answers, strict=True):
        signed_in.expect_rows(panel["id"], answer["data"])
        expect_tiles(signed_in, panel, answer["data"])


def expect_tiles(page: Dashboard, panel: Body, rows: list[Body]) -> None:
    """The headline figures are those of the only row."""
    for tile in panel["tiles"]:
        figure = page.panel(panel["id"]).locator(f".figure [data-field={tile['field']}]")
        expected = as_text(rows[0][tile["field"]])
        if expected is None:
            expect(figure).to_have_count(0)
        else:
            expect(figure).to_have_attribute("value", expected)


def test_every_picture_is_drawn(shown: Dashboard, site: Live) -> None:
    for panel in described(site):
        marks = shown.panel(panel["id"]).locator(".picture [role=graphics-symbol]")
        drawn = panel["kind"] == "picture" and shown.rows(panel["id"])
        assert bool(drawn) == (marks.count() > 0), panel["id"]


def test_a_panel_that_fails_leaves_the_others(signed_in: Dashboard) -> None:
    # Leads have no currency that a call type's order could be asked by: minutes of a year are
    # too many buckets for time series alone.
    signed_in.show("?date_range=last_12_months&granularity=minute&compare=none")
    expect(signed_in.panel("calls-over-time").locator(".notice")).to_contain_text("buckets")
    assert signed_in.rows("outcomes")


def test_an_empty_range_says_what_to_do(signed_in: Dashboard) -> None:
    begin = (datetime.now(UTC) - timedelta(days=60)).date().isoformat()
    signed_in.show(f"?outcome=NEVER_HEARD_OF&date_from={begin}")
    expect(signed_in.page.get_by_role("heading", name="No call matches")).to_be_visible()
    notices = signed_in.page.locator("#notices")
    notices.get_by_role("button", name="Clear filters").click()
    signed_in.settle()
    assert signed_in.query == {"date_from": [begin]}
    assert signed_in.rows("outcomes")


def test_what_is_wrong_with_a_filter_is_said_once_for_the_page(signed_in: Dashboard) -> None:
    signed_in.show("?timezone=Mars%2FOlympus")
    expect(signed_in.page.get_by_role("alert")).to_contain_text("timezone")
    signed_in.forgive("status of 422")


def test_a_panel_says_how_many_rows_it_leaves_out(signed_in: Dashboard, site: Live) -> None:
    place = [panel["id"] for panel in described(site)].index("outcomes")
    answered: list[Body] = []

    def with_more(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        answered.append(body["answers"][place])
        answered[-1]["total"] = 1_210
        route.fulfill(response=answer, json=body)

    signed_in.page.route("**/analytics/batch", with_more)
    signed_in.show("")
    told = signed_in.page.get_by_text("The download has all.").filter(visible=True)
    expect(told).to_have_text(
        f"The first {len(answered[-1]['data'])} of 1,210 rows. The download has all."
    )
    expect(signed_in.page.locator("#panel-outcomes").filter(has=told)).to_have_count(1)

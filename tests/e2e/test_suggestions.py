"""Values and keys that occur are suggested where a filter is made."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from support.dashboard import Dashboard
from support.live import Live


def test_values_are_suggested_by_how_often_they_occur(dashboard: Dashboard, site: Live) -> None:
    answer = site.client.get("/analytics/values", params={"field": "outcome", "limit": 20})
    most = [one["value"] for one in answer.json()["data"]]
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    values = dialog.locator(".choices .value")
    expect(values.first).to_have_text(most[0])
    assert values.all_text_contents()[: len(most)] == most
    dialog.get_by_label("Search or type a value").fill("NO_")
    expect(values).to_have_text(["NO_", "NO_ANSWER"])
    dialog.get_by_role("checkbox", name="NO_ANSWER").check()
    dialog.get_by_role("button", name="Apply").click()
    dashboard.settle()
    assert dashboard.query == {"outcome": ["NO_ANSWER"]}


def test_a_payload_is_filtered_by_a_suggested_key_and_value(
    dashboard: Dashboard, site: Live
) -> None:
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Filter by").select_option("payload")
    expect(dialog.locator("option[value=city]")).to_have_count(1)
    dialog.get_by_label("Key").fill("city")
    dialog.get_by_label("Test").focus()
    first = dialog.locator(".choices label").first
    city = first.locator(".value").text_content()
    first.click()
    dialog.get_by_role("button", name="Apply").click()
    dashboard.settle()
    assert dashboard.chips() == [f"city any of {city}"]
    filters = {"date_range": "last_30_days", "payload_filters": {"city": {"in": [city]}}}
    expected = site.rows("success_rate", filters=filters)[0]["calls"]
    figure = dashboard.panel("calls").locator(".figure [data-field=calls]")
    expect(figure).to_have_attribute("value", str(expected))


def test_a_value_that_was_typed_is_added_to_those_that_are_chosen(dashboard: Dashboard) -> None:
    dashboard.show("?outcome=BUSY")
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Search or type a value").fill("of_tomorrow")
    dialog.get_by_label("Search or type a value").press("Enter")
    dashboard.settle()
    assert dashboard.query == {"outcome": ["BUSY", "of_tomorrow"]}


def test_what_led_to_a_value_that_was_ticked_is_none(dashboard: Dashboard) -> None:
    dashboard.show("?outcome=BUSY")
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Search or type a value").fill("NO_")
    dialog.get_by_role("checkbox", name="NO_ANSWER").check()
    dialog.get_by_role("button", name="Apply").click()
    dashboard.settle()
    assert dashboard.query == {"outcome": ["BUSY", "NO_ANSWER"]}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('{"city":"Delhi"}', ["Delhi"]),
        ('{"city":["Delhi","Pune"]}', ["Delhi", "Pune"]),
        ('{"city":{"in":["Delhi"]}}', ["Delhi"]),
        ('{"city":{"gt":"1"}}', []),
    ],
)
def test_what_a_payload_is_tested_for_is_ticked(
    dashboard: Dashboard, given: str, wanted: list[str]
) -> None:
    dashboard.show(f"?payload={quote(given)}")
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Filter by").select_option("payload")
    dialog.get_by_label("Key").fill("city")
    dialog.get_by_label("Test").focus()
    ticked = dialog.locator(".choices label:has(input:checked) .value")
    expect(ticked).to_have_text(wanted)
    dialog.get_by_role("button", name="Cancel").click()


def test_currencies_that_were_not_touched_stay(dashboard: Dashboard) -> None:
    dashboard.show("?currency=USD&currency=EUR")
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Filter by").select_option("cost")
    dialog.get_by_role("button", name="Apply").click()
    dashboard.settle()
    assert dashboard.query == {"currency": ["USD", "EUR"]}

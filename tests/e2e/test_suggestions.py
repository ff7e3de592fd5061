"""Values and keys that occur are suggested where a filter is made."""

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

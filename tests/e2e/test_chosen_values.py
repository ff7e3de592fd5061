"""What is typed, removed or named twice: nothing of it is lost, and nothing widens a filter."""

import json
from urllib.parse import quote, urlencode

from playwright.sync_api import Locator, expect

from support.dashboard import Dashboard


def open_dialog(page: Dashboard, kind: str) -> Locator:
    """The dialog of filters, at one kind of them."""
    page.page.get_by_role("button", name="+ Filter").click()
    dialog = page.page.get_by_role("dialog")
    dialog.get_by_label("Filter by").select_option(kind)
    return dialog


def test_what_is_typed_joins_what_was_chosen_before(signed_in: Dashboard) -> None:
    signed_in.show("?outcome=BUSY")
    dialog = open_dialog(signed_in, "outcome")
    dialog.get_by_label("Search or type a value").fill("NO_ANSWER")
    dialog.get_by_label("Search or type a value").press("Enter")
    signed_in.settle()
    assert signed_in.query == {"outcome": ["BUSY", "NO_ANSWER"]}
    dialog = open_dialog(signed_in, "outcome")
    dialog.get_by_label("Search or type a value").fill("CONF")
    # What was typed has only led to what is ticked.
    dialog.get_by_role("checkbox", name="CONFIRMED").check()
    dialog.get_by_role("button", name="Apply").click()
    signed_in.settle()
    assert signed_in.query == {"outcome": ["BUSY", "NO_ANSWER", "CONFIRMED"]}


def test_many_values_leave_room_for_the_figures(signed_in: Dashboard) -> None:
    names = [f"AN_OUTCOME_OF_MANY_{number}" for number in range(60)]
    payload = json.dumps({"city": {"in": names}})
    signed_in.show("?" + urlencode({"outcome": names, "payload": payload}, doseq=True))
    for chip, begin in zip(signed_in.chips(), ("Outcome: ", "city any of "), strict=True):
        assert chip == f"{begin}{' or '.join([*names[:8], '52 more'])}"
    assert signed_in.query["outcome"] == names


def test_a_date_that_does_not_exist_is_not_an_open_end(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_label("Range").select_option("custom")
    page.get_by_label("From", exact=True).fill("2026-02-01")
    end = page.get_by_label("To", exact=True)
    end.click()
    end.press_sequentially("3002")
    page.get_by_role("button", name="Apply").click()
    expect(end).to_be_focused()
    assert dashboard.query == {}
    end.fill("2026-02-28")
    end.press("Enter")
    dashboard.settle()
    assert dashboard.query == {"date_from": ["2026-02-01"], "date_to": ["2026-02-28"]}


def test_bounds_of_a_cost_go_with_their_currency(signed_in: Dashboard) -> None:
    page = signed_in.page
    signed_in.show("?currency=EUR&min_cost=1")
    page.get_by_role("button", name="Remove filter Currency").click()
    signed_in.settle()
    assert not signed_in.query
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_editor_of_a_payload_begins_with_what_is_asked(signed_in: Dashboard) -> None:
    """A value alone, a list, and what the server refuses are read alike."""
    tests = {"city": "Mumbai", "plan": ["gold", 1], "code": {"in": "A"}, "toString": None}
    signed_in.show("?payload=" + quote(json.dumps(tests)))
    dialog = open_dialog(signed_in, "payload")
    ticked = dialog.locator(".choices li:has(:checked) .value")
    read = {"city": ["Mumbai"], "plan": ["gold", "1"], "code": ["A"]}
    for key in (*tests, "constructor"):
        with signed_in.page.expect_response("**/analytics/values?*") as answered:
            dialog.get_by_label("Key").fill(key)
            dialog.get_by_label("Test").focus()
        answered.value.finished()
        signed_in.page.evaluate("() => new Promise(requestAnimationFrame)")
        expect(ticked).to_have_text(read.get(key, []))
    signed_in.forgive("status of 400")


def test_what_an_address_says_twice_or_in_vain_is_told(signed_in: Dashboard) -> None:
    signed_in.show(
        "?min_duration=1&min_duration=2&view=list&refresh=7&outcome.absent=0&success=true"
    )
    expect(signed_in.page.locator("#unknown")).to_have_text(
        "The address asks for what this page does not know:"
        " min_duration more than once, view=list, refresh=7, outcome.absent=0"
    )
    assert signed_in.chips() == ["Succeeded: yes", "Duration ≥ 1\u00a0s"]
    signed_in.show("?min_duration=1&min_duration=1&outcome=BUSY&outcome=FAILED&refresh=10")
    expect(signed_in.page.locator("#unknown")).to_be_empty()


def test_without_a_zone_it_is_the_one_of_the_server(signed_in: Dashboard) -> None:
    signed_in.page.route(
        f"{signed_in.url}/?timezone=Asia/Kolkata",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace('timezone" content="UTC"', 'timezone" content="Asia/Tokyo"'),
        ),
    )
    signed_in.show("?timezone=Asia/Kolkata")
    zone = signed_in.page.get_by_label("Time zone")
    zone.fill("")
    zone.press("Enter")
    signed_in.settle()
    expect(zone).to_have_value("Asia/Tokyo")
    assert signed_in.query == {}
    signed_in.page.unroute_all()

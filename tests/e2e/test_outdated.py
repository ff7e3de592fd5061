"""What was shown before is never taken for what is asked for now."""

from playwright.sync_api import expect

from support.dashboard import Dashboard
from support.live import Live

WIDTH = "picture => picture.querySelector('svg').clientWidth"
FAILED = "ERR_FAILED"


def test_figures_of_before_are_paler_until_those_of_the_filters_come(signed_in: Dashboard) -> None:
    signed_in.show("?date_range=all")
    page = signed_in.page
    body, rows = page.locator("body"), signed_in.panel("calls").locator(".picture")
    before = rows.text_content() or ""
    page.route("**/analytics**", lambda route: route.abort())
    page.get_by_label("Range").select_option("last_7_days")
    alert = page.locator("#notices [role=alert]")
    expect(alert).to_contain_text("cannot be reached")
    expect(rows).to_have_text(before)
    expect(rows).to_have_css("opacity", "0.35")
    page.unroute_all()
    alert.get_by_role("button", name="Try again").click()
    signed_in.settle()
    expect(alert).to_have_count(0)
    expect(body).not_to_have_class("outdated")
    expect(rows).to_have_css("opacity", "1")
    expect(rows).not_to_have_text(before)
    signed_in.forgive(FAILED)


def test_figures_that_are_asked_for_again_stay_as_they_are(signed_in: Dashboard) -> None:
    signed_in.show("?date_range=all")
    found = signed_in.page.evaluate("""async () => {
        const main = document.querySelector("script[src$='main.js']").src;
        const { current, navigate } = await import(main.replace("main.js", "app.js"));
        const { reload } = await import(main.replace("main.js", "loading.js"));
        const isOutdated = () => document.body.classList.contains("outdated");
        reload();
        const again = isOutdated();
        navigate({ ...current(), compare: "none" });
        return [again, isOutdated()];
    }""")
    assert found == [False, True]
    signed_in.settle()
    expect(signed_in.page.locator("body.outdated")).to_have_count(0)


def test_what_was_wrong_is_not_to_be_tried_again(signed_in: Dashboard) -> None:
    signed_in.show("?merchant_id=nobody&max_duration=x")
    alert = signed_in.page.locator("#notices [role=alert]")
    expect(alert).to_be_visible()
    expect(alert.get_by_role("button")).to_have_count(0)
    signed_in.forgive("status of 4")


def test_a_page_that_cannot_begin_can_be_begun_again(signed_in: Dashboard) -> None:
    page = signed_in.page
    page.route("**/panels.json", lambda route: route.abort())
    signed_in.open()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute_all()
    again.click()
    expect(signed_in.panel("calls").locator(".figure").first).to_be_visible()
    signed_in.settle()
    signed_in.forgive(FAILED)


def test_nothing_of_a_record_stands_below_the_address_of_another(
    signed_in: Dashboard, site: Live
) -> None:
    found = site.client.post("/calls/search", json={"filters": {}, "limit": 1}).json()["data"][0]
    signed_in.show(f"?call={found['call_id']}")
    record = signed_in.page.locator("#view-record")
    expect(record).to_contain_text(found["call_id"])
    signed_in.page.evaluate("""async () => {
        const main = document.querySelector("script[src$='main.js']").src;
        const { current, navigate } = await import(main.replace("main.js", "app.js"));
        navigate({ ...current(), id: "nothing" });
    }""")
    expect(signed_in.page.locator("#notices [role=alert]")).to_be_visible()
    expect(record).not_to_contain_text(found["call_id"])
    signed_in.page.go_back()
    expect(record).to_contain_text(found["call_id"])
    signed_in.settle()
    signed_in.forgive("status of 404")


def test_a_picture_drawn_behind_its_table_is_as_wide_as_before(signed_in: Dashboard) -> None:
    signed_in.show("?date_range=all")
    panel = signed_in.panel("outcomes")
    picture, toggle = panel.locator(".picture"), panel.get_by_role("button", name="Table")
    width = picture.evaluate(WIDTH)
    assert width > 200
    toggle.click()
    expect(picture).to_be_hidden()
    signed_in.page.get_by_label("Range").select_option("last_12_months")
    signed_in.settle()
    toggle.click()
    expect(picture).to_be_visible()
    assert picture.evaluate(WIDTH) == width

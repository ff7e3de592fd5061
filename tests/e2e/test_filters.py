"""Filters: by click, by keyboard, by dialog, by address, and away again."""

import pytest
from playwright.sync_api import expect

from callistics.timezones import zone_names
from support.dashboard import Dashboard
from support.live import Live

MARK = ".picture [role=graphics-symbol][tabindex]"


def test_a_click_on_a_mark_filters_everything(dashboard: Dashboard, site: Live) -> None:
    mark = dashboard.panel("outcomes").locator(f"{MARK}[aria-label*=NO_ANSWER]").first
    mark.click()
    dashboard.settle()
    assert dashboard.query == {"outcome": ["NO_ANSWER"]}
    assert dashboard.chips() == ["Outcome: NO_ANSWER"]
    filters = {"date_range": "last_30_days", "outcome": "NO_ANSWER"}
    expected = site.rows("provider_breakdown", filters=filters, compare="previous_period")
    dashboard.expect_rows("providers", expected[:15])


def test_axes_follow_the_rows_whatever_was_shown_before(dashboard: Dashboard, site: Live) -> None:
    dashboard.page.get_by_label("Range").select_option("last_month")
    dashboard.settle()
    for panel, query_type, field in (
        ("calls-over-time", "calls_over_time", "date"),
        ("outcomes", "outcome_distribution", "outcome"),
        ("statuses", "status_distribution", "status"),
    ):
        rows = site.rows(query_type, filters={"date_range": "last_month"})
        marks = dashboard.panel(panel).locator(MARK)
        drawn = marks.evaluate_all(
            "(marks, field) => marks.map(m => m.__data__.datum[field])", field
        )
        places = marks.evaluate_all(
            """marks => marks.map(mark => {
                const { x, y } = mark.getBoundingClientRect();
                return [Math.round(x), Math.round(y)];
            })"""
        )
        along = 0 if field == "date" else 1
        shown = {name: place[along] for name, place in zip(drawn, places, strict=True)}
        order = sorted(shown, key=lambda name: shown[name])
        assert order == [row[field] for row in rows if row[field] in shown]
        assert len(order) > 3


def test_a_bucket_becomes_the_range(dashboard: Dashboard, site: Live) -> None:
    rows = site.rows("calls_over_time", filters={"date_range": "last_30_days"})
    place = next(place for place, row in enumerate(rows) if row["count"])
    panel = dashboard.panel("calls-over-time")
    panel.get_by_role("button", name="Table").click()
    panel.locator("tbody tr button").nth(place).press("Enter")
    dashboard.settle()
    day = rows[place]["date"]
    assert dashboard.query == {"date_from": [day], "date_to": [day]}
    found = dashboard.panel("calls").locator("[data-field=calls]").first
    expect(found).to_have_attribute("value", str(rows[place]["count"]))


def test_the_last_bucket_ends_where_the_range_does(signed_in: Dashboard, site: Live) -> None:
    signed_in.show("?compare=none&granularity=week&date_range=last_30_days")
    rows = site.rows("calls_over_time", filters={"date_range": "last_30_days"}, granularity="week")
    panel = signed_in.panel("calls-over-time")
    panel.get_by_role("button", name="Table").click()
    for place in (0, len(rows) - 1):
        panel.locator("tbody tr button").nth(place).click()
        signed_in.settle()
        figure = signed_in.panel("calls").locator(".figure [data-field=calls]")
        expect(figure).to_have_attribute("value", str(rows[place]["count"]))
        signed_in.page.go_back()
        signed_in.settle()


def test_marks_are_reached_and_chosen_with_the_keyboard(dashboard: Dashboard) -> None:
    marks = dashboard.panel("providers").locator(MARK)
    marks.first.focus()
    marks.first.press("ArrowDown")
    expect(marks.nth(1)).to_be_focused()
    marks.nth(1).press("Enter")
    dashboard.settle()
    expected = dashboard.query["provider"]
    assert dashboard.chips() == [f"Provider: {expected[0]}"]


def test_chips_take_filters_away_and_back_brings_them_again(signed_in: Dashboard) -> None:
    signed_in.show("?outcome=BUSY&min_duration=5")
    assert signed_in.chips() == ["Outcome: BUSY", "Duration ≥ 5\u00a0s"]
    signed_in.page.get_by_role("button", name="Remove filter Outcome: BUSY").click()
    signed_in.settle()
    assert signed_in.query == {"min_duration": ["5"]}
    signed_in.page.go_back()
    signed_in.settle()
    assert signed_in.chips() == ["Outcome: BUSY", "Duration ≥ 5\u00a0s"]
    signed_in.page.go_forward()
    signed_in.settle()
    assert signed_in.chips() == ["Duration ≥ 5\u00a0s"]
    signed_in.page.go_back()
    signed_in.settle()
    for name in ("Outcome: BUSY", "Duration ≥ 5\u00a0s"):
        remove = signed_in.page.get_by_role("button", name=f"Remove filter {name}")
        # Who removed the one before is at the next.
        if name.startswith("Duration"):
            expect(remove).to_be_focused()
        remove.press("Enter")
        signed_in.settle()
    expect(signed_in.page.get_by_role("button", name="+ Filter")).to_be_focused()


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("min_duration=5&max_duration=90", "Duration: 5\u00a0s to 1\u00a0min 30\u00a0s"),
        ("max_duration=90", "Duration ≤ 1\u00a0min 30\u00a0s"),
        ("sentiment_max=0.5", "Sentiment ≤ 0.5"),
    ],
)
def test_limits_are_one_chip_that_takes_both_away(
    query: str, chip: str, signed_in: Dashboard
) -> None:
    signed_in.show(f"?{query}")
    assert signed_in.chips() == [chip]
    signed_in.page.get_by_role("button", name=f"Remove filter {chip}").click()
    signed_in.settle()
    assert not signed_in.chips()
    assert not signed_in.query


ADDRESS = {
    "outcome": ["BUSY", "NO_ANSWER"],
    "outcome.absent": ["1"],
    "weekday": ["1", "2"],
    "sentiment_min": ["0.25"],
    "success": ["false"],
    "payload": ['{"city":{"in":["Mumbai"]}}'],
    "date_from": ["2026-01-01"],
    "date_to": ["2026-03-31"],
    "timezone": ["Asia/Kolkata"],
    "granularity": ["week"],
    "compare": ["previous_year"],
    "refresh": ["300"],
}


def test_an_address_is_the_same_after_it_was_read(signed_in: Dashboard) -> None:
    parts = [f"{name}={value}" for name, values in ADDRESS.items() for value in values]
    signed_in.show("?" + "&".join(parts))
    signed_in.page.get_by_label("Compare with").select_option("none")
    signed_in.settle()
    assert signed_in.query == {**ADDRESS, "compare": ["none"]}


def test_the_default_has_an_address_without_a_query(signed_in: Dashboard) -> None:
    signed_in.show("?date_range=last_month&compare=none&granularity=week")
    signed_in.page.get_by_label("Range").select_option("last_30_days")
    signed_in.page.get_by_label("Compare with").select_option("previous_period")
    signed_in.page.get_by_label("Interval").select_option("auto")
    signed_in.settle()
    assert signed_in.query == {}


def test_a_free_range_is_chosen_by_two_dates(dashboard: Dashboard) -> None:
    dashboard.page.get_by_label("Range").select_option("custom")
    dashboard.page.get_by_label("From", exact=True).fill("2026-02-01")
    dashboard.page.get_by_label("To", exact=True).fill("2026-02-28")
    dashboard.page.get_by_role("button", name="Apply").click()
    dashboard.settle()
    assert dashboard.query == {"date_from": ["2026-02-01"], "date_to": ["2026-02-28"]}
    dashboard.page.get_by_label("To", exact=True).fill("2026-02-27")
    dashboard.page.get_by_label("To", exact=True).press("Enter")
    dashboard.settle()
    assert dashboard.query == {"date_from": ["2026-02-01"], "date_to": ["2026-02-27"]}


def test_the_dialog_sets_bounds(dashboard: Dashboard) -> None:
    dashboard.page.get_by_role("button", name="+ Filter").click()
    dialog = dashboard.page.get_by_role("dialog")
    dialog.get_by_label("Filter by").select_option("sentiment")
    dialog.get_by_label("Sentiment from").fill("0.5")
    dialog.get_by_role("button", name="Apply").click()
    dashboard.settle()
    assert dashboard.query == {"sentiment_min": ["0.5"]}


def test_what_an_address_misspells_is_told_while_it_is_there(signed_in: Dashboard) -> None:
    signed_in.show("?outcom=BUSY")
    alert = signed_in.page.get_by_role("alert")
    expect(alert).to_contain_text("does not know: outcom")
    signed_in.page.get_by_label("Compare with").select_option("none")
    expect(signed_in.page.locator("#unknown")).to_be_empty()


def test_what_an_address_gets_wrong_is_told_by_the_server(signed_in: Dashboard) -> None:
    signed_in.show("?min_duration=long&success=maybe")
    alert = signed_in.page.locator("#notices [role=alert]")
    expect(alert).to_contain_text("min_duration")
    expect(alert).to_contain_text("success")
    signed_in.forgive("status of 400")
    signed_in.show("?date_from=20250115&date_to=abc")
    expect(alert).to_contain_text("date_to")
    assert signed_in.chips() == ["20250115 to abc"]
    signed_in.forgive("status of 422")


def test_a_chip_says_what_was_asked(shown: Dashboard) -> None:
    script = """async (filters) => {
        const main = document.querySelector("script[src$='main.js']").src;
        const { describe } = await import(main.replace("main.js", "chips.js"));
        return describe(filters).map(({ text }) => text);
    }"""
    payload = {"vip": True, "code": {"in": ["", False, 1]}, "city": None}
    filters = {
        "payload_filters": payload,
        "outcome": [""],
        "reached": True,
        "weekday": [1e20],
        "min_duration": "long",
    }
    assert shown.page.evaluate(script, filters) == [
        'Outcome: ""',
        "Reached: yes",
        "Weekday: 100000000000000000000",
        "Duration ≥ long",
        "vip = true",
        'code any of "" or false or 1',
        "city is absent",
    ]


def test_who_is_at_a_mark_stays_at_its_row(shown: Dashboard) -> None:
    """Marks are found again by what tells rows apart, not by figures that have changed."""
    script = """async () => {
        const main = document.querySelector("script[src$='main.js']").src;
        const { Marks } = await import(main.replace("main.js", "marks.js"));
        const place = document.body.appendChild(document.createElement("div"));
        const mark = (outcome, count) => {
            const made = document.createElement("span");
            made.setAttribute("role", "graphics-symbol");
            made.setAttribute("aria-roledescription", "bar");
            made.setAttribute("aria-label", `Outcome: ${outcome}; Count: ${count}`);
            made.__data__ = { datum: { outcome, count } };
            return made;
        };
        const marks = new Marks(place, ["outcome"], () => {});
        marks.replace(() => place.replaceChildren(mark("BUSY", 1), mark("FAILED", 1)));
        place.lastChild.focus();
        marks.replace(() => place.replaceChildren(mark("FAILED", 3), mark("BUSY", 2)));
        const label = document.activeElement.getAttribute("aria-label");
        place.remove();
        return label;
    }"""
    assert shown.page.evaluate(script) == "Outcome: FAILED; Count: 3"


def test_a_zone_is_named_by_the_server_and_found_by_a_part_of_it(dashboard: Dashboard) -> None:
    zone = dashboard.page.get_by_label("Time zone")
    offered = dashboard.page.locator(f"#{zone.get_attribute('list')} option")
    names = offered.evaluate_all("options => options.map(option => option.value)")
    assert set(names) == zone_names()
    zone.fill("kolk")
    zone.press("Enter")
    dashboard.settle()
    assert dashboard.query == {"timezone": ["Asia/Kolkata"]}


def test_a_zone_that_could_be_several_is_asked_about(dashboard: Dashboard) -> None:
    zone = dashboard.page.get_by_label("Time zone")
    zone.fill("indiana")
    zone.press("Enter")
    dashboard.settle()
    alert = dashboard.page.get_by_role("alert").filter(has_text="no time zone named")
    expect(alert.first).to_be_visible()
    dashboard.forgive("status of 422")


def test_a_mark_says_that_it_can_be_chosen_where_it_can(shown: Dashboard) -> None:
    hint = shown.page.locator(".tooltip .hint")
    shown.panel("outcomes").locator(f"{MARK}[aria-label*=NO_ANSWER]").first.hover()
    expect(hint).to_have_text("Click to filter")
    shown.panel("reach").locator(f"{MARK}[aria-label]").first.hover()
    expect(shown.page.locator(".tooltip")).to_contain_text("Reach rate")
    expect(hint).to_have_count(0)
    shown.panel("outcomes").locator(f"{MARK}[tabindex='0']").focus()
    expect(hint).to_have_text("Enter to filter")

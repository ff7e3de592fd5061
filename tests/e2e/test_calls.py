"""From a figure to the calls behind it, to one of them, and to its lead."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route, expect

from support.dashboard import Dashboard, Opener
from support.live import ADMIN_KEY, Live

ROWS = "#view-calls tbody tr"
FILTERS = {"date_range": "last_30_days", "outcome": "NO_ANSWER"}


def found(server: Live, **body: object) -> list[str]:
    """The ids of calls as the server finds them."""
    answer = server.client.post("/calls/search", json={"filters": FILTERS, "limit": 1_000, **body})
    return [call["call_id"] for call in answer.json()["data"]]


def shown(page: Dashboard) -> list[str]:
    """The ids of the calls that are listed."""
    links = page.page.locator(f"{ROWS} a[href*='call=']")
    hrefs: list[str] = links.evaluate_all("links => links.map(link => link.href)")
    return [parse_qs(urlsplit(one).query)["call"][0] for one in hrefs]


def test_the_calls_behind_a_panel_are_those_of_its_filters(
    signed_in: Dashboard, site: Live
) -> None:
    signed_in.show("?outcome=NO_ANSWER")
    signed_in.panel("outcomes").get_by_role("link", name="Show the calls").click()
    signed_in.settle()
    assert signed_in.query == {"outcome": ["NO_ANSWER"], "view": ["calls"]}
    assert shown(signed_in) == found(site)[:100]


def test_more_calls_follow_and_the_order_turns(signed_in: Dashboard, site: Live) -> None:
    signed_in.show("?view=calls")
    expected = found(site, filters={"date_range": "last_30_days"})
    assert len(expected) > 200
    signed_in.page.get_by_role("button", name="More").click()
    expect(signed_in.page.locator(ROWS)).to_have_count(200)
    assert shown(signed_in) == expected[:200]
    signed_in.page.get_by_role("button", name="Oldest first").click()
    signed_in.settle()
    assert shown(signed_in) == expected[::-1][:100]
    signed_in.page.get_by_role("link", name="Link to these dates").click()
    signed_in.settle()
    assert signed_in.query.keys() == {"view", "date_from", "date_to", "order"}
    assert shown(signed_in) == expected[::-1][:100]


def test_back_among_the_calls_everything_is_as_it_was(signed_in: Dashboard) -> None:
    page = signed_in.page
    signed_in.show("?view=calls")
    asked = page.locator("#asked").text_content() or ""
    page.get_by_role("button", name="More").click()
    expect(page.locator(ROWS)).to_have_count(200)
    page.get_by_role("link", name="Dashboard").click()
    page.get_by_label("Range").select_option("last_7_days")
    signed_in.settle()
    for _ in range(2):
        page.go_back()
        signed_in.settle()
    expect(page.locator("#asked")).to_have_text(asked)
    page.route("**/calls/*?*", lambda route: route.fulfill(status=404, body="{}"))
    page.locator(f"{ROWS} a[href*='call=']").first.click()
    expect(page.locator("#notices [role=alert]")).to_be_visible()
    page.unroute_all()
    page.go_back()
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator(ROWS)).to_have_count(200)
    signed_in.forgive("status of 404")


def test_a_call_leads_to_its_lead_and_back(signed_in: Dashboard, site: Live) -> None:
    signed_in.show("?view=calls&outcome=NO_ANSWER")
    signed_in.page.locator(f"{ROWS} a").first.click()
    signed_in.settle()
    call = site.client.get(f"/calls/{found(site)[0]}").json()
    record = signed_in.page.locator("#view-record")
    expect(record.get_by_role("heading", level=1)).to_contain_text(call["call_id"])
    for name in ("merchant_id", "template_id", "outcome", "provider"):
        expect(record).to_contain_text(call[name])
    assert not signed_in.violations()
    record.get_by_role("link", name="All calls of this lead").click()
    signed_in.settle()
    lead = site.client.get(f"/leads/{call['lead_id']}").json()
    expect(record.get_by_role("heading", level=1)).to_contain_text(lead["lead_id"])
    tables = record.locator("table")
    expect(tables.nth(0).locator("tbody tr")).to_have_count(len(lead["history"]))
    expect(tables.nth(1).locator("tbody tr")).to_have_count(len(lead["calls"]))
    assert not signed_in.violations()
    for _ in range(2):
        signed_in.page.go_back()
        signed_in.settle()
    assert signed_in.query == {"view": ["calls"], "outcome": ["NO_ANSWER"]}


def test_the_age_of_the_newest_call_stands_beside_the_filters(shown: Dashboard) -> None:
    expect(shown.page.locator("#newest")).to_contain_text("newest call")
    expect(shown.page.locator("#zone-shown")).to_have_text("UTC")


def test_the_list_says_how_many_there_are_and_what_matters_first(
    signed_in: Dashboard, site: Live
) -> None:
    row = max(site.rows("call_count", group_by=["merchant_id"]), key=lambda one: one["count"])
    signed_in.show(f"?view=calls&merchant_id={row['merchant_id']}&date_range=all")
    expect(signed_in.page.get_by_role("heading", level=1)).to_have_text(f"{row['count']} calls")
    expect(signed_in.page.locator("#asked")).to_have_text("all time")
    heads = signed_in.page.locator("#view-calls thead th").all_text_contents()
    assert heads[:3] == ["Started at", "Outcome", "Duration"]
    assert heads.index("Provider") < heads.index("Lead")
    assert heads[-1] == "Merchant"


def test_a_call_that_is_not_there_is_said(visit: Opener, site: Live) -> None:
    page = visit(site)
    page.open("?call=nothing", key=ADMIN_KEY)
    expect(page.page.get_by_role("alert")).to_be_visible()
    page.forgive("status of 404")


def test_numbers_are_told_exactly_and_a_cost_with_its_currency(visit: Opener, site: Live) -> None:
    page = visit(site)
    (call, *_) = found(site)

    def with_cost(route: Route) -> None:
        answer = route.fetch()
        more = {"cost": 1.5, "currency": "INR", "payload": {"account": 9_007_199_254_740_993}}
        route.fulfill(response=answer, json={**answer.json(), **more})

    page.page.route(f"**/calls/{call}*", with_cost)
    page.open(f"?call={call}", key=ADMIN_KEY)
    record = page.page.locator("#view-record")
    expect(record).to_contain_text("1.5 INR")
    expect(record).not_to_contain_text("Currency")
    expect(record.locator("pre")).to_contain_text('"account": 9007199254740993')


def test_a_transcript_is_read_in_lines(visit: Opener, site: Live) -> None:
    page = visit(site)
    (call, *_) = found(site)
    transcript = "Agent: Good morning.\nCustomer: <b>Who</b> is it?"
    payload = {"city": "Delhi", "transcript": transcript}

    def with_transcript(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "payload": payload})

    page.page.route(f"**/calls/{call}*", with_transcript)
    page.open(f"?call={call}", key=ADMIN_KEY)
    texts = page.page.locator("#view-record pre").all_text_contents()
    assert texts == [transcript, '{\n  "city": "Delhi"\n}']
    expect(page.page.get_by_role("heading", name="transcript")).to_be_visible()
    assert not page.violations()

"""Who may look: the key is asked for, kept in the tab, and forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from support.dashboard import Dashboard, Opener
from support.live import ADMIN_KEY, Live

UNAUTHORIZED, FORBIDDEN = "status of 401", "status of 403"


def make_key(server: Live, *permissions: str, **more: Any) -> tuple[str, str]:
    """A new key and its id."""
    body = {"name": "test", "permissions": permissions, **more}
    made = server.client.post("/keys", json=body).json()
    return made["key"], made["id"]


def test_the_key_is_in_no_address_and_in_nothing_that_outlives_the_tab(
    visit: Opener, site: Live
) -> None:
    page = visit(site)
    page.open(key=ADMIN_KEY)
    expect(page.page.get_by_role("heading", name="Calls over time")).to_be_visible()
    assert all(ADMIN_KEY not in request.url for request in page.requests)
    assert page.page.evaluate("localStorage.length") == 0
    assert page.page.context.cookies() == []
    page.page.reload()
    page.settle()
    expect(page.page.get_by_label("Access key")).to_be_hidden()


def test_a_key_that_is_unknown_is_asked_for_again(visit: Opener, site: Live) -> None:
    page = visit(site)
    page.open(key="not-a-key-of-this-server")
    expect(page.page.get_by_role("alert")).to_contain_text("expired or was revoked")
    page.forgive(UNAUTHORIZED)
    page.sign_in(ADMIN_KEY)
    expect(page.panel("outcomes")).to_be_visible()
    expect(page.page.get_by_role("alert")).to_be_hidden()


def test_a_key_that_may_not_query_is_told_so(visit: Opener, site: Live) -> None:
    page = visit(site)
    page.open(key=make_key(site, "ingest")[0])
    expect(page.page.get_by_role("alert")).to_contain_text("permission “query”")
    page.forgive(FORBIDDEN)


def test_a_key_that_is_revoked_meanwhile_ends_the_view(visit: Opener, site: Live) -> None:
    key, identity = make_key(site, "query")
    page = visit(site)
    page.open(key=key)
    expect(page.panel("outcomes")).to_be_visible()
    assert site.client.delete(f"/keys/{identity}").status_code == 204
    page.page.get_by_label("Compare with").select_option("none")
    expect(page.page.get_by_role("alert")).to_contain_text("revoked")
    expect(page.page.locator("#content")).to_be_hidden()
    page.forgive(UNAUTHORIZED)


def test_the_next_key_shows_nothing_of_the_last(visit: Opener, site: Live) -> None:
    key, identity = make_key(site, "query")
    merchant, other = (row["merchant_id"] for row in merchants(site)[:2])
    page = visit(site)
    page.open("?view=calls&date_range=all", key=key)
    rows = page.page.locator("#view-calls tbody tr")
    page.page.get_by_role("button", name="More").click()
    expect(rows).to_have_count(200)
    site.client.delete(f"/keys/{identity}")
    page.page.get_by_role("button", name="Oldest first").click()
    expect(page.page.get_by_role("alert")).to_contain_text("revoked")
    expect(page.page.locator("#view-calls")).to_be_empty()
    page.forgive(UNAUTHORIZED)
    page.sign_in(make_key(site, "query", scope={"merchant_ids": [merchant]})[0])
    page.page.go_back()
    page.settle()
    expect(rows).to_have_count(100)
    assert rows.filter(has_text=merchant).count() == 100
    expect_told_of_scope(page, other)


def merchants(server: Live) -> list[dict[str, Any]]:
    """Merchants by their calls, the one with the most first."""
    found = server.rows("call_count", group_by=["merchant_id"])
    return sorted(found, key=lambda row: row["count"], reverse=True)


def expect_told_of_scope(page: Dashboard, merchant: str) -> None:
    """A filter that the key may not name is told, and is no reason to ask for another key."""
    page.show(f"?merchant_id={merchant}")
    expect(page.page.locator("#notices [role=alert]")).to_contain_text("scope")
    expect(page.page.get_by_label("Access key")).to_be_hidden()
    page.forgive(FORBIDDEN)
    page.show("")
    expect(page.page.locator("#notices")).to_be_empty()


def test_a_key_that_expires_meanwhile_ends_the_view(visit: Opener, site: Live) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=8)
    key, _ = make_key(site, "query", expires_at=soon.isoformat())
    page = visit(site)
    page.open(key=key)
    expect(page.panel("outcomes")).to_be_visible()
    body, headers = {"query_type": "call_count"}, {"Authorization": f"Bearer {key}"}
    while site.client.post("/analytics", json=body, headers=headers).status_code == 200:
        page.page.wait_for_timeout(100)
    page.page.get_by_label("Compare with").select_option("none")
    expect(page.page.get_by_role("alert")).to_contain_text("expired")
    expect(page.page.locator("#content")).to_be_hidden()
    page.forgive(UNAUTHORIZED)


def test_signing_out_leaves_nothing(visit: Opener, site: Live) -> None:
    page = visit(site)
    page.open("?outcome=BUSY", key=ADMIN_KEY)
    page.page.get_by_role("button", name="Sign out").click()
    expect(page.page.get_by_label("Access key")).to_be_visible()
    assert page.page.evaluate("sessionStorage.length") == 0
    assert page.query == {}
    assert "BUSY" not in page.page.content()


def test_a_page_that_the_browser_brings_back_shows_nothing_of_before(
    visit: Opener, site: Live
) -> None:
    page = visit(site)
    page.open(key=ADMIN_KEY)
    expect(page.panel("outcomes")).to_be_visible()
    page.page.evaluate("sessionStorage.clear()")
    back = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    with page.page.expect_navigation():
        page.page.evaluate(back)
    expect(page.page.get_by_label("Access key")).to_be_visible()
    expect(page.page.locator("#content")).to_be_hidden()

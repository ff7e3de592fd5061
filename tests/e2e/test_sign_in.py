"""Who may look: the key is asked for, kept in the tab, and forgotten."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from support.dashboard import Opener
from support.live import ADMIN_KEY, Live

UNAUTHORIZED, FORBIDDEN = "status of 401", "status of 403"


def make_key(server: Live, *permissions: str, expires_at: str | None = None) -> tuple[str, str]:
    """A new key and its id."""
    body = {"name": "test", "permissions": permissions, "expires_at": expires_at}
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

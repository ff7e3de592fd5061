"""The page inside another one: its token, what it locks, its end and its renewal."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from support.dashboard import Dashboard, Opener
from support.live import Live

LOCKED: dict[str, Any] = {"filters": {"provider": ["TWILIO"]}, "timezone": "Asia/Kolkata"}


class _Parent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Host</title><link rel=icon href=data:,>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def parent(port: int) -> Generator[str]:
    """A page of another origin."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Parent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def host(embed_port: int) -> Iterator[str]:
    """A page that may frame the dashboard."""
    with parent(embed_port) as url:
        yield url


def merchant_of(server: Live) -> str:
    """The merchant with the most calls that a token for embedding shows."""
    filters = {**LOCKED["filters"], "date_range": "last_30_days"}
    rows = server.rows("call_count", group_by=["merchant_id"], filters=filters)
    return max(rows, key=lambda row: row["count"])["merchant_id"]


def token(server: Live, **claims: Any) -> str:
    """A token for embedding; by default locked to a provider and a zone."""
    body = {
        "scope": {"merchant_ids": [merchant_of(server)]},
        "expires_in": 600,
        "locked": LOCKED,
        **claims,
    }
    answer = server.client.post("/embed-tokens", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


def frame(page: Page, server: Live, fragment: str = "") -> FrameLocator:
    """A frame of the dashboard in the page; what it says is kept in `heard`."""
    script = """address => {
        window.heard = [];
        addEventListener("message", (event) => heard.push([event.origin, event.data]));
        const frame = document.createElement("iframe");
        Object.assign(frame, { id: "f", width: 1200, height: 800, src: address });
        document.body.append(frame);
    }"""
    page.evaluate(script, f"{server.url}/embed{fragment}")
    return page.frame_locator("#f")


def send(page: Page, message: object) -> None:
    """Tell the frame something."""
    script = "message => document.getElementById('f').contentWindow.postMessage(message, '*')"
    page.evaluate(script, message)


def calls_of(found: FrameLocator) -> str | None:
    """The number of calls that the frame shows."""
    figure = found.locator("#panel-calls .figure [data-field=calls]")
    expect(figure).to_be_visible()
    return figure.get_attribute("value")


def test_a_frame_shows_what_its_token_allows(visit: Opener, site: Live, host: str) -> None:
    page = begin(visit, site, host)
    merchant = merchant_of(site)
    found = frame(page.page, site, f"#token={token(site)}")
    filters = {"merchant_id": merchant, "provider": "TWILIO", "date_range": "last_30_days"}
    body: dict[str, Any] = {"filters": filters, "timezone": "Asia/Kolkata"}
    assert calls_of(found) == str(site.rows("success_rate", **body)[0]["calls"])
    expect(found.locator(".chip.locked")).to_contain_text("Provider: TWILIO")
    expect(found.locator("#zone-shown")).to_have_text("Asia/Kolkata, fixed")
    for text in ("Sign out", "Show the calls", "Time zone"):
        expect(found.get_by_text(text, exact=True)).to_be_hidden()
    assert all("token" not in one.url for one in page.page.frames)


def test_a_frame_without_a_token_asks_its_parent(visit: Opener, site: Live, host: str) -> None:
    page = begin(visit, site, host)
    found = frame(page.page, site)
    expect(found.locator("#notices")).to_contain_text("expired")
    assert page.page.evaluate("heard") == [[site.url, {"type": "callistics:expired"}]]
    send(page.page, {"type": "callistics:token", "token": token(site)})
    assert calls_of(found) is not None
    expect(found.locator("#notices")).to_be_empty()


def test_a_token_that_holds_no_more_is_renewed(visit: Opener, site: Live, host: str) -> None:
    page = begin(visit, site, host)
    found = frame(page.page, site, f"#token={token(site)}x")
    expect(found.locator("#notices")).to_contain_text("expired")
    page.forgive("status of 401")
    send(page.page, {"type": "callistics:token", "token": token(site)})
    assert calls_of(found) is not None


def test_another_token_changes_all_that_it_locks(visit: Opener, site: Live, host: str) -> None:
    page = begin(visit, site, host)
    first = {"provider": ["TWILIO"], "date_range": "last_7_days"}
    found = frame(page.page, site, f"#token={token(site, locked={**LOCKED, 'filters': first})}")
    calls_of(found)
    assert asked(page)["granularity"] == "day"
    expect(found.get_by_label("Compare with")).to_be_disabled()
    choose_a_day(found)
    expect(found.locator("#asked")).not_to_be_empty()
    calls_of(found)
    # What lies before the fixed range is never seen: a part of it would rise from nothing.
    expect(found.get_by_label("Compare with")).to_be_disabled()
    assert "compare" not in asked(page)
    found.get_by_role("button", name="Remove filter").click()
    expect(found.get_by_role("button", name="Remove filter")).to_have_count(0)
    calls_of(found)
    assert asked(page)["filters"] == {}
    both = ["TWILIO", "PLIVO"]
    second = token(site, locked={"filters": {"provider": both}, "timezone": "UTC"})
    page.page.evaluate(
        "address => document.getElementById('f').src = address",
        f"{page.page.frames[1].url}#token={second}",
    )
    expect(found.locator(".chip.locked")).to_have_text(["Provider: TWILIO or PLIVOfixed"])
    expect(found.locator("#zone-shown")).to_have_text("UTC, fixed")
    filters = {"provider": both, "merchant_id": merchant_of(site), "date_range": "last_30_days"}
    assert calls_of(found) == str(site.rows("success_rate", filters=filters)[0]["calls"])
    expect(found.locator("#notices")).to_be_empty()


def asked(page: Dashboard) -> dict[str, Any]:
    """The body of a query of the panels, as asked last."""
    *_, last = (one for one in page.requests if one.url.endswith("/analytics/batch"))
    return json.loads(last.post_data or "")["queries"][0]


def choose_a_day(found: FrameLocator) -> None:
    """Filter by a bucket of a time series."""
    panel = found.locator("#panel-calls-over-time")
    panel.get_by_role("button", name="Table").click()
    panel.locator("tbody button").first.click()


def test_a_frame_that_waits_asks_again(visit: Opener, site: Live, host: str) -> None:
    page = begin(visit, site, host)
    page.page.clock.install()
    found = frame(page.page, site, f"#token={token(site)}x")
    expect(found.locator("#notices")).to_contain_text("expired")
    found.get_by_label("Interval").select_option("week")
    assert len(page.page.evaluate("heard")) == 2
    page.page.clock.fast_forward("01:00")
    page.page.wait_for_function("heard.length === 3")
    send(page.page, {"type": "callistics:token", "token": token(site)})
    calls_of(found)
    assert asked(page)["granularity"] == "week"
    page.page.clock.fast_forward("01:00")
    assert len(page.page.evaluate("heard")) == 3
    page.forgive("status of 401")


def test_a_token_of_a_foreign_parent_is_not_taken(visit: Opener, site: Live) -> None:
    with parent(0) as stranger:
        page = begin(visit, site, stranger)
        page.page.route("**/embed*", allow_every_frame)
        found = frame(page.page, site)
        expect(found.locator("#notices")).to_contain_text("expired")
        send(page.page, {"type": "callistics:token", "token": token(site)})
        send(page.page, {"type": "callistics:unknown"})
        page.page.evaluate("() => new Promise(requestAnimationFrame)")
        assert not [one.url for one in page.requests if "/analytics" in one.url]


def allow_every_frame(route: Any) -> None:
    """As a browser that knows nothing of `frame-ancestors`."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if "policy" not in name}
    route.fulfill(response=answer, headers=headers)


def test_a_foreign_page_cannot_frame_it(visit: Opener, site: Live) -> None:
    with parent(0) as stranger:
        page = begin(visit, site, stranger)
        found = frame(page.page, site, "#token=x")
        page.page.wait_for_event("console", lambda message: "frame-ancestors" in message.text)
        expect(found.locator("#panels")).to_have_count(0)
        page.forgive("frame-ancestors")


def begin(visit: Opener, site: Live, address: str) -> Dashboard:
    """A page of a host, whose own origin may be asked as well."""
    page = visit(site)
    page.hosts.append(address)
    page.page.goto(address)
    return page

"""The dashboard in a real browser, as a reader uses it."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

from support.live import Live

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""The browser of the system, None where there is none."""


class Watched:
    """A page, all that it wrote to its console, and every request it made."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.hosts = [url]
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        self.requests.append(request)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def forgive(self, text: str) -> None:
        """Leave out complaints of the browser about what a test provokes."""
        self.complaints = [one for one in self.complaints if text not in one]

    def start_anew(self) -> None:
        """Forget what was heard and asked so far."""
        self.complaints, self.requests = [], []

    def expect_peace(self) -> None:
        """Nothing has complained, and no other origin was asked."""
        assert not self.complaints
        assert not self.foreign()

    def foreign(self) -> list[str]:
        """Addresses of other origins that were asked."""
        own = {urlsplit(host).netloc for host in self.hosts}
        sent = (urlsplit(request.url) for request in self.requests)
        return [
            one.geturl() for one in sent if one.scheme.startswith("http") and one.netloc not in own
        ]


class Dashboard(Watched):
    """The page of a server. `key` signs in; every step ends when what it asks for is shown."""

    is_as_opened = False
    """Whether it still shows what the address without a query does."""

    def open(self, query: str = "", key: str | None = None) -> None:
        """Go to an address, signed in with the key if one is given."""
        self.page.goto(f"{self.url}/{query}")
        if key is not None:
            self.sign_in(key)

    def show(self, query: str) -> None:
        """Go to an address where somebody has signed in."""
        self.open(query)
        self.settle()

    def sign_in(self, key: str) -> None:
        """Type the key."""
        self.page.get_by_label("Access key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is loading."""
        self.page.locator("main[aria-busy=false]").wait_for()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def violations(self) -> list[str]:
        """What axe finds: the rule, and where."""
        asked = {"resultTypes": ["violations"]}
        found = Axe().run(self.page, options=asked).response["violations"]
        return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """What the address says, as the page has it: the driver is told of it later."""
        search: str = self.page.evaluate("location.search")
        return parse_qs(search.removeprefix("?"))

    def chips(self) -> list[str]:
        """The filters that are shown."""
        return self.page.locator(".chip > span:first-child").all_text_contents()

    def panel(self, name: str) -> Locator:
        """A panel by its id."""
        return self.page.locator(f"#panel-{name}")

    def rows(self, name: str) -> list[list[str | None]]:
        """What the table of a panel holds, as the server sent it; None where there is nothing."""
        script = """rows => rows.map(row => [...row.cells]
            .filter(cell => !cell.matches(".change"))
            .map(cell => cell.querySelector("data")?.getAttribute("value") ?? null))"""
        return self.panel(name).locator("tbody tr").evaluate_all(script)

    def columns(self, name: str) -> list[str]:
        """The fields of a panel's table."""
        script = "cells => cells.map(cell => cell.dataset.field).filter(Boolean)"
        return self.panel(name).locator("thead th").evaluate_all(script)

    def expect_rows(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The table shows exactly these rows of an answer."""
        assert self.columns(name) == (list(rows[0]) if rows else [])
        assert self.rows(name) == [[as_text(value) for value in row.values()] for row in rows]


Opener = Callable[[Live], Dashboard]
"""Opens a page of a server, not signed in."""


def as_text(value: object) -> str | None:
    """A value of an answer as the page writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

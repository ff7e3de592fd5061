"""The dashboard in a browser: what a load of the page takes until its last panel has its figures.

Beside it the same queries one after the other, over one connection.
"""

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, Request, sync_playwright

from bench.live import KEY, Client, Live, serving
from bench.population import Population, population
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say

LOADS, WARM = 7, 1
MARK = 1_000
"""Milliseconds within which the page of the whole platform is to be there."""
_MONTHS = tuple(f"2025-{month:02d}" for month in range(4, 4 + LOADS + WARM))
_COLUMNS = (
    "page of a month",
    "requests",
    "KB over the wire",
    "until the last panel: p50 ms",
    "its queries one after the other: p50 ms",
    "ratio",
    "mark: ms",
)
_READY = "main[aria-busy=false]"
# A machine without a graphics card would emulate one beside the server, which no reader's does.
_FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-gpu")
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(slots=True)
class Loads:
    """What loads of one page took: milliseconds, and of the last what went over the wire."""

    page: list[float] = field(default_factory=list[float])
    singly: list[float] = field(default_factory=list[float])
    requests: int = 0
    bytes: int = 0


def measure(run: Run) -> Result:
    if _CHROMIUM is None:
        return Result([], ["No Chromium on this machine: Debian's package is called chromium."])
    with serving(run.store) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        people = population(run, server.client)
        found = {name: _loads(browser, server, name, text) for name, text in _pages(people)}
        browser.close()
    rows = [_row(name, one) for name, one in found.items()]
    note = (
        f"Headless Chromium, each page {LOADS} times with another month, nothing kept from before"
        " but the browser's copy of scripts and styles. The first load of all fetches those too."
    )
    return Result([Table("The dashboard in a browser", _COLUMNS, rows)], [note])


def _pages(people: Population) -> Sequence[tuple[str, str]]:
    return ("whole platform", ""), ("one merchant", f"&merchant_id={people.merchants.commonest}")


def _loads(browser: Browser, server: Live, name: str, filters: str) -> Loads:
    say(f"page of the {name}")
    found = Loads()
    page = browser.new_context(locale="en-GB").new_page()
    url = f"http://127.0.0.1:{server.port}/"
    page.goto(f"{url}?{_range(_MONTHS[0])}{filters}")
    page.get_by_label("Access key").fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    page.locator(_READY).wait_for()
    for place, month in enumerate(_MONTHS):
        taken, sent = _load(page, f"{url}?{_range(month)}{filters}")
        if place >= WARM:
            found.page.append(taken)
            found.singly.append(_singly(server.client, sent))
            found.requests, found.bytes = len(sent), sum(map(_size, sent))
    page.context.close()
    return found


def _range(month: str) -> str:
    return f"date_from={month}-01&date_to={month}-28"


def _load(page: Page, url: str) -> tuple[float, list[Request]]:
    """Milliseconds until nothing is loading any more, and what was asked for."""
    sent: list[Request] = []

    def heard(request: Request) -> None:
        sent.append(request)

    page.on("requestfinished", heard)
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(_READY).wait_for()
    taken = (time.perf_counter() - started) * 1000
    page.remove_listener("requestfinished", heard)
    return taken, sent


def _size(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def _singly(client: Client, sent: Sequence[Request]) -> float:
    """Milliseconds for the queries of the page's batch, one after the other."""
    (batch,) = (one for one in sent if one.url.endswith("/analytics/batch"))
    queries = json.loads(batch.post_data or "")["queries"]
    started = time.perf_counter()
    for query in queries:
        client.ask(json.dumps(query).encode())
    return (time.perf_counter() - started) * 1000


def _row(name: str, found: Loads) -> Sequence[Cell]:
    page, singly = percentile(found.page, 50), percentile(found.singly, 50)
    mark = MARK if name == "whole platform" else None
    return name, found.requests, found.bytes / 1000, page, singly, page / singly, mark

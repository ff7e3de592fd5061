"""A browser, a server with calls, and a page that must neither complain nor ask elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright

from callistics.synthetic import generate_calls
from support import engines
from support.dashboard import CHROMIUM, Dashboard, Opener
from support.live import ADMIN_KEY, Live, free_port, live

CALLS = 6_000
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
PATIENCE_MS = 60_000
"""How long a page may take beside other tests; what is right ends the wait at once."""
# Without a graphics card its process emulates one, which takes a third of the time of a page.
FLAGS = ["--no-sandbox", "--disable-gpu"]
POLICY = {
    "CALLISTICS_LEAD_STAGES": "new,contacted,interested,converted",
    "CALLISTICS_SUCCESS_OUTCOMES": "CONFIRMED,INTERESTED",
}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without its own sandbox: tests may run as root in a container.

    It ends with the tests here, as until then its event loop runs in the thread of all tests.
    """
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def embed_port() -> int:
    """The port of the one origin whose pages may frame the dashboard."""
    return free_port()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, embed_port: int) -> Iterator[Live]:
    """A server with made-up calls of two years that end today, for tests that add none."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engines, "current", "duckdb")
            parents = {"CALLISTICS_EMBED_PARENTS": f"http://127.0.0.1:{embed_port}"}
            folder = tmp_path_factory.mktemp("site")
            found = stack.enter_context(live(folder, **POLICY, **parents))
        load(found)
        yield found


def load(server: Live, calls: int = CALLS) -> None:
    """Send made-up calls that end today."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = b"\n".join(map(msgspec.json.encode, generate_calls(calls, 1, today)))
    headers = {"Content-Type": "application/x-ndjson"}
    answer = server.client.post("/calls", content=lines, headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="session")
def key() -> str:
    """A key that sees everything."""
    return ADMIN_KEY


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A session of a browser of its own."""
    found = new_context(browser)
    yield found
    found.close()


def new_context(browser: Browser) -> BrowserContext:
    found = browser.new_context(locale="en-GB", viewport=VIEWPORT)
    found.set_default_timeout(PATIENCE_MS)
    return found


@pytest.fixture
def visit(context: BrowserContext) -> Iterator[Opener]:
    """Pages of servers; at the end none may have complained or asked another origin."""
    pages: list[Dashboard] = []

    def begin(server: Live) -> Dashboard:
        pages.append(Dashboard(context.new_page(), server.url))
        return pages[-1]

    yield begin
    for page in pages:
        page.expect_peace()


@pytest.fixture(scope="package")
def kept(browser: Browser, site: Live, key: str) -> Iterator[Dashboard]:
    """A page of the server with calls where somebody has signed in, for one test at a time."""
    context = new_context(browser)
    found = Dashboard(context.new_page(), site.url)
    found.open(key=key)
    yield found
    context.close()


@pytest.fixture
def signed_in(kept: Dashboard) -> Iterator[Dashboard]:
    """That page, for a test that opens an address of its own."""
    kept.start_anew()
    yield kept
    kept.is_as_opened = False
    kept.expect_peace()


@pytest.fixture
def dashboard(signed_in: Dashboard) -> Dashboard:
    """The dashboard as an address without a query opens it, signed in."""
    signed_in.show("")
    return signed_in


@pytest.fixture
def shown(kept: Dashboard) -> Iterator[Dashboard]:
    """The same for tests that leave it as it is: they look at one after the other."""
    kept.start_anew()
    if not kept.is_as_opened:
        kept.show("")
        kept.is_as_opened = True
    yield kept
    kept.is_as_opened = not kept.query
    kept.expect_peace()

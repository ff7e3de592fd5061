"""Take the pictures of the documentation: the dashboard over made-up calls, in Debian's Chromium.

The same calls, of the same days, in the same zone: the pictures change only when the page does.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from callistics.synthetic.ndjson import write_ndjson

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CALLS, SEED = 200_000, 7
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
RANGE = "date_from=2026-10-01&date_to=2026-10-31&timezone=Europe%2FBerlin"
KEY, PORT = "a-key-for-screenshots", 8764
SETTINGS = {
    "CALLISTICS_PORT": str(PORT),
    "CALLISTICS_ADMIN_KEY": KEY,
    "CALLISTICS_LEAD_STAGES": "new,contacted,interested,converted",
    "CALLISTICS_SUCCESS_OUTCOMES": "CONFIRMED,INTERESTED",
    "CALLISTICS_LOG_LEVEL": "error",
}
READY = "main[aria-busy=false]"


@contextmanager
def server(folder: Path) -> Generator[str]:
    """A server with the calls; its address."""
    calls = folder / "calls.ndjson"
    write_ndjson(calls, CALLS, SEED, until=UNTIL, detailed=True)
    engine = {"CALLISTICS_ENGINE": f"duckdb://{folder}/shots.db", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "callistics.cli"]
    subprocess.run([*command, "import", str(calls)], env={**engine, **SETTINGS}, check=True)
    url = f"http://127.0.0.1:{PORT}"
    with subprocess.Popen([*command, "serve"], env={**engine, **SETTINGS}) as process:
        try:
            wait_for(url)
            yield url
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    """Until the server is ready."""
    for _ in range(600):
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health/ready", trust_env=False).is_success:
                return
        time.sleep(0.1)
    sys.exit(f"{url} does not get ready")


def signed_in(
    browser: Browser, url: str, query: str, width: int, height: int, mode: Literal["light", "dark"]
) -> Page:
    """A page at an address, all of it there."""
    context = browser.new_context(
        locale="en-GB", color_scheme=mode, viewport={"width": width, "height": height}
    )
    # As if it were the day after: how old the newest call is stands on the page.
    context.clock.set_fixed_time(UNTIL)
    page = context.new_page()
    page.goto(f"{url}/?{query}")
    page.get_by_label("Access key").fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    page.locator(READY).wait_for()
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
    return page


def take(page: Page, name: str) -> None:
    """Write the visible part of a page."""
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / name, animations="disabled")
    print(f"docs/images/{name}: {(IMAGES / name).stat().st_size:,} bytes")
    page.context.close()


def main() -> None:
    """Take all of them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is needed: on Debian the package chromium")
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--lang=en-GB"]
        )
        take(signed_in(browser, url, RANGE, 1280, 866, "light"), "dashboard.png")
        take(signed_in(browser, url, RANGE, 1280, 866, "dark"), "dashboard-dark.png")
        take(signed_in(browser, url, RANGE, 390, 844, "light"), "phone.png")
        calls = signed_in(browser, url, f"view=calls&{RANGE}&outcome=CONFIRMED", 1280, 800, "light")
        take(calls, "calls.png")
        browser.close()


if __name__ == "__main__":
    main()

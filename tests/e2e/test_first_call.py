"""A server that has no calls yet says how to send the first one."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support import engines
from support.dashboard import Opener
from support.live import ADMIN_KEY, live


def test_the_first_call_is_sent_as_the_page_says(
    visit: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "current", "duckdb")
    with live(tmp_path) as server:
        page = visit(server)
        page.open(key=ADMIN_KEY)
        expect(page.page.get_by_role("heading", name="No calls yet")).to_be_visible()
        command = page.page.locator("pre").text_content() or ""
        assert f"curl {server.url}/calls" in command
        sent = re.search(r"-d '(.+)'$", command)
        assert sent is not None
        answer = server.client.post("/calls", json=json.loads(sent[1]))
        assert answer.status_code == 200, answer.text
        page.page.reload()
        page.settle()
        expect(page.page.get_by_role("heading", name="No call matches")).to_be_visible()
        page.page.get_by_role("button", name="Show all time").click()
        page.settle()
        figure = page.panel("calls").locator(".figure [data-field=calls]")
        expect(figure).to_have_attribute("value", "1")

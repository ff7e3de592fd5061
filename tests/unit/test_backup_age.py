"""What a server tells of its newest backup is said so that people understand it."""

import httpx
import pytest

from callistics.cli import serving
from callistics.cli.doctor.checks import checks_of

FIGURES = "# HELP callistics_backup_age_seconds Seconds.\ncallistics_backup_age_seconds {}\n"


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (FIGURES.format("NaN"), "none is known"),
        (FIGURES.format("59.9"), "60 seconds old"),
        (FIGURES.format("9.5e+04"), "26 hours old"),
        ("callistics_requests_total 1.0\n", None),
    ],
)
def test_its_age_is_told(figures: str, told: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "/health/ready": httpx.Response(200, json={"timezone_rules": "2026f"}),
        "/openapi.json": httpx.Response(200, json={"info": {"version": "1"}}),
        "/metrics": httpx.Response(200, text=figures),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        found = answers[request.url.path]
        found.request = request
        return found

    client = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://x")
    monkeypatch.setattr(serving, "server_answers", lambda *_: True)
    monkeypatch.setattr(httpx, "Client", lambda **_: client)
    checks = {one.name: one.text for one in checks_of(serving.report("http://x", "key").figures)}
    assert checks.get("backup") == told

"""Health, metrics and the page: what a server tells of itself."""

# pyright: reportIndexIssue=false

from pathlib import Path

import pytest
import tzdata
from structlog.testing import CapturingLogger

from callistics.http.openapi import build
from callistics.server import app
from support.server import Server, problem, serving


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_may_be_asked_for_without_its_body(shared_server: Server, path: str) -> None:
    answer = shared_server.request("HEAD", path, key=None)
    assert (answer.status_code, answer.content) == (200, b"")


def test_who_asks_whether_it_is_ready_learns_the_release_of_the_time_zone_rules(
    server: Server,
) -> None:
    answer = server.request("GET", "/health/ready", key=None)
    assert answer.json() == {"status": "ready", "timezone_rules": tzdata.IANA_VERSION}
    documented = build()["paths"]["/health/ready"]["get"]["responses"]["200"]["content"]
    assert set(documented["application/json"]["schema"]["properties"]) == set(answer.json())


def test_the_first_line_of_the_log_names_the_release_of_the_time_zone_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = CapturingLogger()
    monkeypatch.setattr(app, "_log", logger)
    with serving(tmp_path):
        first = logger.calls[0]
    assert first.args == ("ready",)
    assert first.kwargs["timezone_rules"] == tzdata.IANA_VERSION


def test_metrics_are_of_the_whole_server(server: Server) -> None:
    scoped = server.make_key({"merchant_ids": ["m1"]}, "admin")
    assert "without scope" in problem(server.request("GET", "/metrics", key=scoped), 403)["detail"]
    assert server.request("GET", "/metrics", key=server.make_key(None, "admin")).status_code == 200


def test_health_and_description_need_no_key(shared_server: Server) -> None:
    for path in ("/health/live", "/health/ready", "/openapi.json", "/docs", "/docs/docs.js"):
        assert shared_server.request("GET", path, key=None).status_code == 200
    page = shared_server.request("GET", "/docs", key=None).text
    assert "http://" not in page
    assert "https://" not in page
    assert shared_server.request("GET", "/openapi.json", key=None).json() == build()


def test_the_page_has_its_files(shared_server: Server) -> None:
    script = shared_server.request("GET", "/docs/swagger-ui-bundle.js", key=None)
    assert script.status_code == 200
    assert len(script.content) > 100_000
    problem(shared_server.request("GET", "/docs/nothing.js", key=None), 404)


def test_metrics_count_what_happens(server: Server) -> None:
    server.ask("call_count")
    server.ask("nonsense")
    call = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}
    server.request("POST", "/calls", json=call)
    server.request("GET", "/nowhere")
    server.request("MADEUP", "/analytics")
    text = server.request("GET", "/metrics").text
    for line in (
        'callistics_requests_total{method="POST",route="/analytics",status="200"} 1.0',
        'callistics_errors_total{status="400"} 1.0',
        'callistics_requests_total{method="GET",route="unknown",status="404"} 1.0',
        'callistics_requests_total{method="unknown",route="unknown",status="405"} 1.0',
        'callistics_query_seconds_count{query_type="call_count"} 1.0',
        'callistics_records_total{kind="calls",result="stored"} 1.0',
        "callistics_ingest_queue 0.0",
        f'callistics_timezone_rules_info{{version="{tzdata.IANA_VERSION}"}} 1.0',
    ):
        assert line in text

"""A line of log says whose request it was and why it was refused, and nothing that was sent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from callistics.http.request_notes import loggable
from support.server import Server, serving

Line = dict[str, Any]
Logged = Callable[..., Line]


@pytest.fixture
def logged(shared_server: Server, monkeypatch: pytest.MonkeyPatch) -> Logged:
    """Send a request and return its line of log."""

    def send(method: str, path: str, **options: Any) -> Line:
        with capture_logs() as lines:
            shared_server.request(method, path, **options)
        (line,) = [one for one in lines if one["event"] == "request"]
        return dict(line)

    return send


def test_it_names_the_key(shared_server: Server, logged: Logged) -> None:
    made = shared_server.request("POST", "/keys", json={"name": "k", "permissions": ["ingest"]})
    key = made.json()
    line = logged("POST", "/analytics", json={"query_type": "call_count"}, key=key["key"])
    assert (line["key"], line["status"], line["problem"]) == (key["id"], 403, "forbidden")
    assert line["reason"] == "this key lacks the permission query"
    assert key["key"] not in json.dumps(line)


def test_it_says_why_there_is_no_key(logged: Logged) -> None:
    line = logged("GET", "/keys", key="wrong")
    assert (line["problem"], line["reason"]) == (
        "unauthorized",
        "the key is not known, or was revoked",
    )
    assert "key" not in line


def test_it_names_the_fields_of_a_query(logged: Logged) -> None:
    filters = {"merchnat_id": "secret", "payload_filters": {"+49 170 1": {"near": "secret"}}}
    line = logged("POST", "/analytics", json={"query_type": "call_count", "filters": filters})
    assert line["fields"] == ["/filters/merchnat_id", "/filters/payload_filters"]
    # The id of a key may have any digits.
    told = json.dumps({**line, "key": ""})
    assert "secret" not in told
    assert "170" not in told


def test_it_names_the_fields_of_records(logged: Logged) -> None:
    call = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}
    bad = [{**call, "duration": -1}] * 7 + [{**call, "+49 170 1": "secret"}]
    line = logged("POST", "/calls", json=bad)
    assert (line["status"], line["problem"]) == (422, "invalid-values")
    assert line["fields"] == [*(f"/{place}/duration" for place in range(5)), "…"]
    alone = logged("POST", "/calls", json=bad[-1])
    assert alone["fields"] == ["/*"]


def test_what_succeeds_has_no_reason(logged: Logged) -> None:
    line = logged("POST", "/analytics", json={"query_type": "call_count"})
    assert line.keys() == {"event", "log_level", "method", "route", "status", "ms", "key"}


@pytest.mark.parametrize(
    ("pointer", "shown"),
    [
        ("", ""),
        ("/17/started_at", "/17/started_at"),
        ("/payload/name/0", "/payload"),
        ("/4917012345678", "/*"),
        ("/a~1b/page", "/*/page"),
        ("/Ann Smith", "/*"),
    ],
)
def test_a_pointer_shows_names_and_places_alone(pointer: str, shown: str) -> None:
    assert loggable(pointer) == shown


@pytest.mark.parametrize(("outcomes", "lines"), [(None, 1), (("CONFIRMED",), 0)])
def test_a_success_that_is_a_guess_is_told_at_the_start(
    tmp_path: Path, outcomes: tuple[str, ...] | None, lines: int
) -> None:
    with capture_logs() as logged, serving(tmp_path, success_outcomes=outcomes):
        pass
    told = [line for line in logged if line["event"] == "success is a guess"]
    assert len(told) == lines
    assert all("success_outcomes is not set" in line["reason"] for line in told)

"""A time that is far off: where it is refused, and what a question that meets one is told."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.server import Server, serving

IDS = {"merchant_id": "m1", "reseller_id": "r1"}
DAYS = timedelta(days=1)
# One record is read by itself, many are read as columns.
SIZES = (1, 100)


def calls(size: int, start: datetime) -> list[dict[str, Any]]:
    first = [IDS | {"call_id": f"c{n}", "started_at": "2025-01-15T09:30:00Z"} for n in range(size)]
    return [*first, IDS | {"call_id": "far", "started_at": start.isoformat()}]


@pytest.mark.parametrize("size", SIZES)
def test_a_start_far_ahead_is_refused(server: Server, size: int) -> None:
    now = datetime.now(UTC)
    answer = server.request("POST", "/calls", json=calls(size, now + 3 * DAYS))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"/{size}/started_at"
    assert "more than 2 days ahead of the server's clock" in error["message"]
    assert server.request("POST", "/calls", json=calls(size, now + DAYS)).status_code == 200


@pytest.mark.parametrize("size", SIZES)
def test_how_far_is_a_setting(tmp_path: Path, size: int) -> None:
    now = datetime.now(UTC)
    with serving(tmp_path, future_limit=3_600) as server:
        answer = server.request("POST", "/calls", json=calls(size, now + DAYS))
        assert answer.status_code == 422
        assert "more than 1 hour ahead" in answer.json()["errors"][0]["message"]
        near = calls(size, now + timedelta(minutes=30))
        assert server.request("POST", "/calls", json=near).status_code == 200


LONGEST = timedelta(days=3_660)


@pytest.mark.parametrize("size", SIZES)
def test_an_end_years_after_the_start_is_refused(server: Server, size: int) -> None:
    start = datetime(2015, 1, 15, 9, 30, tzinfo=UTC)
    for beyond, status in ((timedelta(milliseconds=1), 422), (timedelta(), 200)):
        sent = calls(size, start)
        sent[-1]["ended_at"] = (start + LONGEST + beyond).isoformat()
        answer = server.request("POST", "/calls", json=sent)
        assert answer.status_code == status
        if status == 422:
            (error,) = answer.json()["errors"]
            assert error["pointer"] == f"/{size}/ended_at"
            assert error["message"].startswith("more than ten years after the start, 2015-01-15T")
    (row,) = server.rows("call_duration")
    assert row["max"] == LONGEST.total_seconds()


@pytest.mark.parametrize("size", SIZES)
def test_an_end_that_another_record_brings_years_later_gives_no_duration(
    server: Server, size: int
) -> None:
    start = datetime(2015, 1, 15, 9, 30, tzinfo=UTC)
    assert server.request("POST", "/calls", json=calls(size, start)).status_code == 200
    end = {"call_id": "far", "merchant_id": "m1", "ended_at": "2115-01-15T09:30:00Z"}
    assert server.request("POST", "/calls", json=end).status_code == 200
    (row,) = server.rows("call_duration")
    assert (row["count"], row["max"]) == (0, None)
    server.rows("concurrency")


def test_an_open_range_that_is_too_long_names_its_ends(server: Server) -> None:
    records = calls(1, datetime(1950, 1, 1, 8, tzinfo=UTC))
    assert server.request("POST", "/calls", json=records).status_code == 200
    for filters in ({}, {"lead_id": ["c0", "far"]}):
        body = {"query_type": "calls_over_time", "filters": filters}
        answer = server.request("POST", "/analytics", json=body)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        # Roll-ups know the days of the first and the last call.
        assert re.search(r"from 1950-01-01T\S+ to 2025-01-15T", error["message"])
        assert "date_from and date_to closer together" in error["message"]

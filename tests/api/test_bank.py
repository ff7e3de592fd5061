"""45,211 real calls (UCI Bank Marketing, Moro et al. 2014) and what is known of them."""

import gzip
from collections.abc import Generator
from pathlib import Path

import pytest

from support.server import Server, serving

pytestmark = pytest.mark.shared
LINES = {"Content-Type": "application/x-ndjson"}
RANGE = {"date_from": "2008-05-01", "date_to": "2010-11-30"}


@pytest.fixture(scope="module")
def bank(engine: str, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    body = (shared / "data" / "bank_marketing.ndjson.gz").read_bytes()
    headers = {**LINES, "Content-Encoding": "gzip"}
    with serving(tmp_path_factory.mktemp("bank"), success_outcomes=("CONVERTED",)) as server:
        first = server.request("POST", "/calls", content=body, headers=headers).json()
        assert (first["received"], first["stored"]) == (45_211, 45_211)
        again = b"".join(gzip.decompress(body).splitlines(keepends=True)[::45])
        second = server.request("POST", "/calls", content=again, headers=LINES).json()
        assert (second["stored"], second["unchanged"]) == (0, 1_005)
        yield server


def test_durations(bank: Server) -> None:
    (row,) = bank.rows("call_duration")
    shown = (row["count"], row["min"], row["max"], row["total"])
    assert shown == (45_211, 0, 4_918, 11_671_811)


def test_outcomes(bank: Server) -> None:
    counts = {row["outcome"]: row["count"] for row in bank.rows("outcome_distribution")}
    assert counts == {"NOT_CONVERTED": 39_922, "CONVERTED": 5_289}


def test_months_in_lisbon(bank: Server) -> None:
    rows = bank.rows(
        "calls_over_time", granularity="month", timezone="Europe/Lisbon", filters=RANGE
    )
    assert len(rows) == 31
    assert {"date": "2008-09-01", "count": 0} in rows
    assert sum(row["count"] for row in rows) == 45_211


def test_a_nested_payload_filter(bank: Server) -> None:
    filters = {"payload_filters": {"loans.housing": True, "age": {"gte": 60}}}
    assert bank.rows("call_count", filters=filters) == [{"count": 267}]


def test_success_falls_with_the_attempt(bank: Server) -> None:
    rates = [row["success_rate"] for row in bank.rows("retry_analysis", page_size=5)]
    assert rates == [14.6, 11.2, 11.19, 9.0, 7.88]

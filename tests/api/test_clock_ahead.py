"""A clock that was ahead once leaves times of arrival ahead: log, figures and `doctor` say so."""

from pathlib import Path

import structlog.testing

from callistics.engines.registry import diagnose
from callistics.model.instants import HOUR, now
from callistics.server.first_start import warn_of_clock
from callistics.settings import Settings
from support import engines, inside
from support.server import serving

CALL = {
    "call_id": "c1",
    "merchant_id": "m1",
    "reseller_id": "r1",
    "started_at": "2025-01-01T00:00:00Z",
}


def figure(text: str) -> float:
    return float(text.partition("\ncallistics_arrivals_ahead_seconds ")[2].split()[0])


def test_times_of_arrival_ahead_are_told(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.request("POST", "/calls", json=CALL).status_code == 200
        own = inside.engine_of(server)
        with structlog.testing.capture_logs() as lines:
            warn_of_clock(own)
        assert lines == []
        assert figure(server.request("GET", "/metrics").text) == 0
        # As a commit leaves them whose clock is ahead.
        with inside.at_clock(own, now() + HOUR).writing() as session:
            session.arrival(1)
    with serving(tmp_path) as server:
        with structlog.testing.capture_logs() as lines:
            warn_of_clock(inside.engine_of(server))
        assert [one["log_level"] for one in lines] == ["warning"]
        assert 3_500 < lines[0]["seconds"] <= 3_600
        assert 3_500 < figure(server.request("GET", "/metrics").text) <= 3_600
    problems = diagnose(Settings(engine=engines.dsn(engine, tmp_path))).problems
    assert len([one for one in problems if "seconds ahead of the clock" in one]) == 1

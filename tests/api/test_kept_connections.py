"""A connection over which requests come is not an idle one, to the server as users run it."""

from pathlib import Path

import pytest

from support import engines
from support.live import live

_SWEEP_IN_A_REQUEST = """
import time
from callistics.server import connections
counted = connections.Connections.counted
def swept(self, inner):
    async def sweeping(scope, receive, send):
        if scope["type"] == "http":
            self.sweep(time.monotonic() + 1e6 * scope["path"].endswith("ready"))
        await inner(scope, receive, send)
    return counted(self, sweeping)
connections.Connections.counted = swept
"""


def test_one_with_a_request_under_way_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "current", "duckdb")
    with live(tmp_path, before=_SWEEP_IN_A_REQUEST, CALLISTICS_IDLE_TIMEOUT="1") as server:
        # The first one makes the connection known, the second finds it far too old.
        for path in ("/health/live", "/health/ready", "/health/live"):
            assert server.client.get(path).status_code == 200

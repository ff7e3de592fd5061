"""The plugin for other people's tests, as pytest runs it."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from callistics.testing import running_server

ROOT = Path(__file__).parents[2]
THEIRS = """
def test_stores(callistics_client):
    record = {"call_id": "a", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}
    assert callistics_client.ingest([record]).stored == 1

def test_finds_what_another_stored(callistics_client, callistics_server):
    assert callistics_client.query("call_count").rows == [{"count": 1}]
    assert callistics_server.url == callistics_client.url
    assert any(callistics_server.folder.glob("*.db"))
"""


def test_tests_of_others_have_a_server(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(THEIRS)
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error"],
        cwd=tmp_path,
        env={**os.environ, "CALLISTICS_KEY": "of somebody else", "CALLISTICS_PORT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in found.stdout, found.stdout + found.stderr


def test_the_plugin_is_registered() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"callistics": "callistics.testing"}


def test_a_server_has_the_settings_that_it_is_given_and_goes_away() -> None:
    with running_server(timezone="Asia/Kolkata") as server:
        with server.client() as client:
            client.ingest(
                [
                    {
                        "call_id": "a",
                        "merchant_id": "m",
                        "reseller_id": "r",
                        "started_at": "2025-01-01T20:00:00Z",
                    }
                ]
            )
            assert client.query("calls_over_time").rows == [{"date": "2025-01-02", "count": 1}]
        assert server.key not in repr(server)
    assert not server.folder.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url, trust_env=False)


def test_a_server_that_does_not_start_says_why() -> None:
    with (
        pytest.raises(RuntimeError, match=r"did not start: .*Mars/Base"),
        running_server(timezone="Mars/Base"),
    ):
        pass

"""States that are held for backups, over HTTP."""

import base64
import hashlib
import io
import math
from collections.abc import Generator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from support.server import Server, problem, serving


def call(call_id: str) -> dict[str, str]:
    tenants = {"merchant_id": "m", "reseller_id": "r"}
    return {"call_id": call_id, "started_at": "2025-01-15T09:30:00Z", **tenants}


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    with serving(tmp_path) as found:
        yield found


def test_a_part_comes_with_its_checksum_as_it_was(server: Server) -> None:
    server.request("POST", "/calls", json=[call("a"), call("b")])
    state = server.request("POST", "/backups")
    assert state.status_code == 201
    held = state.json()
    server.request("POST", "/calls", json=call("c"))
    (part,) = [one for one in held["parts"] if one["table"] == "calls"]
    assert part["rows"] == 2
    path = f"/backups/{held['id']}/parts/calls-{part['month']}"
    answer = server.request("GET", path)
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["content-digest"] == f"sha-256=:{digest}:"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert pq.read_table(io.BytesIO(answer.content))["call_id"].to_pylist() == ["a", "b"]
    problem(server.request("POST", "/backups"), 409)
    problem(server.request("GET", f"/backups/{held['id']}/parts/calls-1999-01"), 404)
    assert server.request("DELETE", f"/backups/{held['id']}").status_code == 204
    problem(server.request("GET", path), 404)


def age(server: Server) -> float:
    lines = server.request("GET", "/metrics").text.splitlines()
    (line,) = [one for one in lines if one.startswith("callistics_backup_age_seconds ")]
    return float(line.split()[1])


def test_the_age_of_the_newest_is_known(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        check_age(server)
    with serving(tmp_path) as again:
        assert age(again) >= 0


def check_age(server: Server) -> None:
    released = server.request("POST", "/backups").json()["id"]
    assert server.request("DELETE", f"/backups/{released}").status_code == 204
    assert math.isnan(age(server))
    made = server.request("POST", "/backups").json()["id"]
    problem(server.request("POST", f"/backups/{made}/made", content=b"{}"), 400)
    assert server.request("POST", f"/backups/{made}/made").status_code == 204
    assert age(server) >= 0
    (entry,) = server.request("GET", "/audit?action=backup.made").json()["data"]
    assert entry["details"] == {"backup": made, "calls": 0, "lead_records": 0}
    problem(server.request("POST", f"/backups/{made}/made"), 404)


def test_only_an_admin_of_everything_may(server: Server) -> None:
    held = server.request("POST", "/backups").json()["id"]
    paths = [
        ("POST", "/backups"),
        ("GET", f"/backups/{held}/parts/access_keys"),
        ("POST", f"/backups/{held}/made"),
        ("DELETE", f"/backups/{held}"),
    ]
    scoped = server.make_key({"merchant_ids": ["m"]}, "admin", "query")
    plain = server.make_key(None, "query", "ingest")
    for method, path in paths:
        for key in (scoped, plain):
            problem(server.request(method, path, key=key), 403)
        problem(server.request(method, path, key=None), 401)
    assert server.request("DELETE", f"/backups/{held}").status_code == 204


def test_a_state_that_is_held_does_not_keep_a_server_from_stopping(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.request("POST", "/backups").status_code == 201
    left = tmp_path / "test.db.part"
    left.write_bytes(b"of a server that was killed")
    with serving(tmp_path) as again:
        assert not left.exists()
        assert again.request("POST", "/backups").status_code == 201

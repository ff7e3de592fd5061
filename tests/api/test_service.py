"""Access keys over HTTP, limits, and the files of a server."""

import os
from pathlib import Path
from typing import Any

import pytest

from support.server import Server, problem, serving

COUNT = {"query_type": "call_count"}


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic abc"])
def test_a_request_needs_a_key(shared_server: Server, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = shared_server.request("POST", "/analytics", key=None, json=COUNT, headers=headers)
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_needs_the_permission(shared_server: Server) -> None:
    query, ingest = shared_server.make_key(None, "query"), shared_server.make_key(None, "ingest")
    problem(shared_server.request("POST", "/calls", key=query, json={}), 403)
    problem(shared_server.request("POST", "/analytics", key=ingest, json=COUNT), 403)
    problem(shared_server.request("GET", "/keys", key=query), 403)


def test_a_revoked_key_is_dead_at_once(server: Server) -> None:
    made = server.request("POST", "/keys", json={"name": "x", "permissions": ["query"]}).json()
    assert server.ask("call_count", key=made["key"]).status_code == 200
    assert server.request("DELETE", f"/keys/{made['id']}").status_code == 204
    problem(server.ask("call_count", key=made["key"]), 401)
    listed = {key["id"]: key for key in server.request("GET", "/keys").json()["keys"]}
    assert listed[made["id"]]["revoked_at"] is not None
    assert listed[made["id"]]["last_used_at"] is not None
    assert "key" not in listed[made["id"]]
    problem(server.request("DELETE", "/keys/key_unknown"), 404)


def test_keys_survive_a_restart_and_secrets_are_not_stored(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        key = first.make_key({"merchant_ids": ["m"]}, "query")
        assert first.ask("call_count", key=key).status_code == 200
    with serving(tmp_path) as second:
        assert second.ask("call_count", key=key).status_code == 200
        used = [one["last_used_at"] for one in second.request("GET", "/keys").json()["keys"]]
        assert any(used)
    for file in tmp_path.iterdir():
        assert key.encode() not in file.read_bytes()


def test_the_first_admin_key_is_only_the_owners(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        file = server.application.admin_key_file
        assert file is not None
        assert file.stat().st_mode & 0o777 == 0o600
        secret = file.read_text(encoding="utf-8").strip()
        assert server.request("GET", "/keys", key=secret).status_code == 200
    with serving(tmp_path) as again:
        assert again.application.admin_key_file is None
        assert again.request("GET", "/keys", key=secret).status_code == 200


def test_a_given_admin_key_stays_revoked(engine: str, tmp_path: Path) -> None:
    secret = "a-long-enough-admin-key"
    with serving(tmp_path, admin_key=secret) as server:
        (key,) = server.request("GET", "/keys", key=secret).json()["keys"]
        assert server.request("DELETE", f"/keys/{key['id']}").status_code == 204
    with serving(tmp_path, admin_key=secret) as server:
        problem(server.request("GET", "/keys", key=secret), 401)


@pytest.mark.parametrize(
    ("body", "status", "pointers"),
    [
        ({}, 400, {"/name", "/permissions"}),
        ({"name": "x", "permissions": []}, 422, {"/permissions"}),
        ({"name": "\x1b[2Jx\ny", "permissions": ["query"]}, 422, {"/name"}),
        (
            {
                "name": "x",
                "permissions": ["query"],
                "expires_at": "9999-12-31T23:59:59-12:00",
            },
            422,
            {"/expires_at"},
        ),
        ({"name": "x", "permissions": ["root"]}, 400, {"/permissions/0"}),
        ({"name": "x", "permissions": [{}, None]}, 400, {"/permissions/0", "/permissions/1"}),
        ({"name": " ", "permissions": ["query"]}, 422, {"/name"}),
        ({"name": f" {200 * 'x'}", "permissions": ["query"]}, 422, {"/name"}),
        ({"name": "x", "permissions": ["query"], "scop": {}}, 400, {"/scop"}),
        (
            {"name": "x", "permissions": ["query"], "scope": {"merchants": ["m"]}},
            400,
            {"/scope/merchants"},
        ),
        (
            {"name": "x", "permissions": ["query"], "scope": {"merchant_ids": []}},
            422,
            {"/scope/merchant_ids"},
        ),
        (
            {"name": "x", "permissions": ["query"], "expires_at": "2001-01-01"},
            422,
            {"/expires_at"},
        ),
        (
            {"name": "", "permissions": ["root", "query"], "scope": {"merchant_ids": []}},
            400,
            {"/name", "/permissions/0", "/scope/merchant_ids"},
        ),
    ],
)
def test_a_bad_request_for_a_key_is_explained(
    shared_server: Server, body: dict[str, Any], status: int, pointers: set[str]
) -> None:
    found = problem(shared_server.request("POST", "/keys", json=body), status)
    assert {error["pointer"] for error in found["errors"]} == pointers


EXCESS: list[tuple[dict[str, Any], int, dict[str, str]]] = [
    ({}, 403, {"/scope/merchant_ids": "required", "/scope/reseller_ids": "required"}),
    ({"scope": 5}, 400, {"/scope": "must be an object"}),
    (
        {"name": "", "scope": {"merchant_ids": ["m1", "m2"], "reseller_ids": ["r1"]}},
        403,
        {"/name": "1 to 200", "/scope/merchant_ids": "exceeds the scope"},
    ),
    (
        {"permissions": ["root"], "scope": {"merchant_ids": [], "reseller_ids": ["r2"]}},
        400,
        {
            "/permissions/0": "must be one of",
            "/scope/merchant_ids": "is empty",
            "/scope/reseller_ids": "exceeds the scope",
        },
    ),
]


@pytest.mark.parametrize(("body", "status", "messages"), EXCESS)
def test_what_exceeds_the_scope_is_told_with_all_else(
    shared_server: Server, body: dict[str, Any], status: int, messages: dict[str, str]
) -> None:
    key = shared_server.make_key({"merchant_ids": ["m1"], "reseller_ids": ["r1"]}, "admin")
    wanted = {"name": "x", "permissions": ["query"], **body}
    found = problem(shared_server.request("POST", "/keys", key=key, json=wanted), status)
    told = {error["pointer"]: error["message"] for error in found["errors"]}
    assert told.keys() == messages.keys()
    assert all(part in told[at] for at, part in messages.items())


def test_unknown_paths_and_methods(shared_server: Server) -> None:
    problem(shared_server.request("GET", "/nowhere"), 404)
    problem(shared_server.request("GET", "/analytics"), 405)


def test_a_limit_of_requests(tmp_path: Path) -> None:
    with serving(tmp_path, rate_limit=2) as server:
        key = server.make_key(None, "query")
        assert [server.ask("call_count", key=key).status_code for _ in range(2)] == [200, 200]
        answer = server.ask("call_count", key=key)
        problem(answer, 429)
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(("mode", "log"), [(None, 0o600), (0o640, 0o640)])
def test_the_database_is_its_owners_or_as_open_as_it_was(
    engine: str, tmp_path: Path, mode: int | None, log: int
) -> None:
    if engine != "duckdb":
        pytest.skip("the engine has no file of its own")
    database = tmp_path / "test.db"
    before = os.umask(0o022)
    try:
        if mode is not None:
            with serving(tmp_path, new=True):
                pass
            database.chmod(mode)
        with serving(tmp_path, new=True) as server:
            call = {"call_id": "c", "merchant_id": "m", "reseller_id": "r"}
            server.request("POST", "/calls", json={**call, "started_at": "2025-01-01"})
            files = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        assert (files["test.db"], files["test.db.wal"]) == (mode or 0o600, log)
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)

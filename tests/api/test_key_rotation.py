"""Keys that follow others, and what is told of keys that end soon."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from callistics.access.keyring import Keyring, make_key
from callistics.model.instants import DAY, SECOND, now
from callistics.model.keys import Permission
from callistics.model.scope import EVERYTHING
from callistics.server.key_warnings import KeyWarnings
from support.audit import entries
from support.gate import gated, post, until
from support.server import Server, problem, serving


def made(server: Server, **wanted: Any) -> dict[str, Any]:
    body = {"name": "dialer", "permissions": ["query"], **wanted}
    answer = server.request("POST", "/keys", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rotated(server: Server, key_id: str, **body: Any) -> dict[str, Any]:
    answer = server.request("POST", f"/keys/{key_id}/rotate", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def status(server: Server, key: str) -> int:
    return server.ask("call_count", key=key).status_code


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_both_keys_hold_until_the_overlap_ends(engine: str, tmp_path: Path) -> None:
    scope = {"merchant_ids": ["m1"], "template_ids": ["t1"]}
    with serving(tmp_path) as server:
        old = made(server, scope=scope)
        new = rotated(server, old["id"], overlap=3600)
        assert (new["name"], new["permissions"], new["scope"]) == ("dialer", ["query"], scope)
        assert new["expires_at"] is None
        assert new["key"] != old["key"]
        at_once = made(server)
        gone = rotated(server, at_once["id"], overlap=0)
        assert status(server, gone["key"]) == 200
        assert status(server, at_once["key"]) == 401
        told = entries(server, action="key.rotated")[0]["details"]
    # Both are known to a server that was started anew.
    with serving(tmp_path) as server:
        assert [status(server, one["key"]) for one in (old, new)] == [200, 200]
        listed = {one["id"]: one for one in server.request("GET", "/keys").json()["keys"]}
        ends = listed[old["id"]]["expires_at"]
        assert in_days(0.04)[:16] <= ends[:16] <= in_days(0.05)[:16]
        assert told == {"key": old["id"], "successor": new["id"], "expires_at": ends}


def test_a_successor_lasts_as_long_as_the_old_key_was_to(shared_server: Server) -> None:
    old = made(shared_server, expires_at=in_days(0.5))
    new = rotated(shared_server, old["id"])
    lasts = [
        datetime.fromisoformat(one["expires_at"]) - datetime.fromisoformat(one["created_at"])
        for one in (old, new)
    ]
    assert lasts[0] == lasts[1]
    listed = {one["id"]: one for one in shared_server.request("GET", "/keys").json()["keys"]}
    # It ends when it was to, which is before the overlap does.
    assert listed[old["id"]]["expires_at"] == old["expires_at"]


def test_a_key_that_was_followed_already_is_followed_as_if_it_were_not(
    shared_server: Server,
) -> None:
    """Whoever loses the answer rotates again; the end of the overlap is not that of the key."""
    old = made(shared_server)
    rotated(shared_server, old["id"], overlap=3600)
    again = rotated(shared_server, old["id"], overlap=3600)
    assert again["expires_at"] is None
    third = rotated(shared_server, old["id"], overlap=60)
    assert third["expires_at"] is None
    ending = made(shared_server, expires_at=in_days(100))
    first, second = (rotated(shared_server, ending["id"], overlap=60) for _ in range(2))
    assert first["expires_at"][:16] == second["expires_at"][:16] == in_days(100)[:16]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"overlap": -1}, 422),
        ({"overlap": 30 * 86_400 + 1}, 422),
        ({"overlap": "1h"}, 400),
        ({"overlap": True}, 400),
        ({"overlap": 1.5}, 400),
        ({"overlap": None}, 400),
        ({"over": 1}, 400),
        ([], 400),
    ],
)
def test_a_wrong_overlap_is_refused(shared_server: Server, body: Any, expected: int) -> None:
    old = made(shared_server)
    path = f"/keys/{old['id']}/rotate"
    problem(shared_server.request("POST", path, json=body), expected)
    assert status(shared_server, old["key"]) == 200


def test_only_keys_that_hold_are_rotated_and_by_whom_they_are_seen(shared_server: Server) -> None:
    server = shared_server
    old = made(server)
    other = made(server, permissions=["admin"], scope={"merchant_ids": ["m1"]})["key"]
    path = f"/keys/{old['id']}/rotate"
    problem(server.request("POST", path, key=other), 404)
    problem(server.request("POST", path, key=old["key"]), 403)
    text = {"Content-Type": "text/plain"}
    problem(server.request("POST", path, content=b"{}", headers=text), 415)
    server.request("DELETE", f"/keys/{old['id']}")
    problem(server.request("POST", path), 404)
    problem(server.request("POST", "/keys/key_0/rotate"), 404)
    ended = made(server)
    rotated(server, ended["id"], overlap=0)
    problem(server.request("POST", f"/keys/{ended['id']}/rotate"), 404)


def test_a_rotation_does_not_undo_a_revocation(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with serving(tmp_path) as before:
        old = made(before)
    with gated(tmp_path) as (server, parts, gate):
        rotating = pool.submit(rotated, server, old["id"])
        gate.wait()
        revoking = pool.submit(server.request, "DELETE", f"/keys/{old['id']}")
        until(lambda: parts.writer.waiting == 1)
        gate.open()
        assert revoking.result().status_code == 204
        new = rotating.result()
    with serving(tmp_path) as again:
        assert (status(again, old["key"]), status(again, new["key"])) == (401, 200)


def test_a_rotation_stored_after_a_revocation_does_not_undo_it(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with serving(tmp_path) as before:
        old = made(before)
    with gated(tmp_path) as (server, parts, gate):
        # Something is under way, so that both wait: the revocation goes before the rotation.
        first = post(server, pool, "c1")
        gate.wait()
        rotating = pool.submit(server.request, "POST", f"/keys/{old['id']}/rotate")
        until(lambda: parts.writer.waiting == 1)
        revoking = pool.submit(server.request, "DELETE", f"/keys/{old['id']}")
        until(lambda: parts.writer.waiting == 2)
        gate.open()
        assert revoking.result().status_code == 204
        assert first.result().status_code == 200
        assert rotating.result().status_code == 201
    with serving(tmp_path) as again:
        assert status(again, old["key"]) == 401


def test_a_key_that_lasts_as_long_as_can_be_written_is_followed(shared_server: Server) -> None:
    last = "9999-12-31T23:59:59.999999Z"
    new = rotated(shared_server, made(shared_server, expires_at=last)["id"], overlap=0)
    assert new["expires_at"] == last
    assert shared_server.request("GET", "/keys").is_success


def test_a_key_that_ends_soon_is_told_so(shared_server: Server) -> None:
    soon, later = (
        made(shared_server, expires_at=in_days(13.5)),
        made(shared_server, expires_at=in_days(14.5)),
    )
    forever = made(shared_server)
    assert [one["days_left"] for one in (soon, later, forever)] == [13, 14, None]
    answers = [shared_server.ask("call_count", key=one["key"]) for one in (soon, later, forever)]
    told = [one.headers.get("Callistics-Key-Expires") for one in answers]
    assert told == [soon["expires_at"], None, None]
    figures = shared_server.request("GET", "/metrics").text
    before = float(figures.partition("\ncallistics_keys_ending ")[2].split()[0])
    shared_server.request("DELETE", f"/keys/{soon['id']}")
    figures = shared_server.request("GET", "/metrics").text
    assert float(figures.partition("\ncallistics_keys_ending ")[2].split()[0]) == before - 1


def test_the_log_has_a_line_a_day_for_each_key_that_ends_soon() -> None:
    moment = now()

    def key(days: float | None) -> Any:
        ends = None if days is None else moment + int(days * DAY)
        return make_key("x", [Permission.QUERY], EVERYTHING, moment - DAY, ends).stored

    keys = [key(None), key(-1), key(20), key(3), key(14.5)]
    warnings = KeyWarnings(Keyring(keys))
    lines: list[list[tuple[Any, Any]]] = []
    for later in (0, 3600 * SECOND, DAY - 1, DAY, 2 * DAY):
        with structlog.testing.capture_logs() as found:
            warnings.warn(moment + later)
        lines.append([(one["key"], one["days"]) for one in found])
    third, fourth = keys[3].id, keys[4].id
    assert lines == [
        [(third, 3)],
        [],
        [(fourth, 13)],
        [(third, 2)],
        [(third, 1), (fourth, 12)],
    ]


def test_when_a_key_was_last_used_is_shown(shared_server: Server) -> None:
    one = made(shared_server)
    assert one["last_used_at"] is None
    before = time.time()
    assert status(shared_server, one["key"]) == 200
    listed = {key["id"]: key for key in shared_server.request("GET", "/keys").json()["keys"]}
    used = datetime.fromisoformat(listed[one["id"]]["last_used_at"]).timestamp()
    assert before - 1 <= used <= time.time() + 1

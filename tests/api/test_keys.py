"""Keys beside a writer that is busy: revoked is revoked, and last uses bring nothing back."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from callistics.model.scope import EVERYTHING
from support import inside
from support.gate import CALL, gated, post, until
from support.server import Server, problem, serving


def made(server: Server) -> tuple[str, str]:
    answer = server.request("POST", "/keys", json={"name": "x", "permissions": ["query"]})
    return answer.json()["id"], answer.json()["key"]


def status(server: Server, key: str) -> int:
    return server.ask("call_count", key=key).status_code


def test_a_use_stored_after_a_revocation_does_not_undo_it(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with serving(tmp_path) as before:
        key_id, key = made(before)
        spared_id, spared = made(before)
    with gated(tmp_path) as (server, parts, gate):
        assert (status(server, key), status(server, spared)) == (200, 200)
        first = post(server, pool, "c1")
        gate.wait()
        revoking = pool.submit(server.request, "DELETE", f"/keys/{key_id}")
        until(lambda: parts.writer.waiting == 1)
        inside.save_uses(parts)
        gate.open()
        assert revoking.result().status_code == 204
        assert first.result().status_code == 200
    with serving(tmp_path) as again:
        assert (status(again, key), status(again, spared)) == (401, 200)
        listed = {one["id"]: one for one in again.request("GET", "/keys").json()["keys"]}
        assert listed[key_id]["revoked_at"] is not None
        assert all(listed[one]["last_used_at"] is not None for one in (key_id, spared_id))


def test_a_key_is_refused_before_its_revocation_is_stored(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with serving(tmp_path) as before:
        key_id, key = made(before)
    with gated(tmp_path) as (server, _, gate):
        revoking = pool.submit(server.request, "DELETE", f"/keys/{key_id}")
        gate.wait()
        assert not revoking.done()
        assert status(server, key) == 401
        gate.open()
        assert revoking.result().status_code == 204


def test_a_revocation_goes_before_all_that_wait(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with serving(tmp_path) as before:
        key_id, key = made(before)
    with gated(tmp_path, ingest_queue=1) as (server, parts, gate):
        first = post(server, pool, "c1")
        gate.wait()
        second = post(server, pool, "c2")
        until(lambda: parts.writer.waiting == 1)
        problem(server.request("POST", "/calls", json=CALL), 503)
        revoking = pool.submit(server.request, "DELETE", f"/keys/{key_id}")
        until(lambda: parts.writer.waiting == 2)
        gate.let_one()
        assert first.result().status_code == 200
        gate.let_one()
        assert revoking.result().status_code == 204
        assert not second.done()
        gate.open()
        assert second.result().status_code == 200
    with serving(tmp_path) as again:
        assert status(again, key) == 401


def test_a_revocation_that_could_not_be_stored_is_stored_when_asked_again(tmp_path: Path) -> None:
    with serving(tmp_path) as before:
        key_id, key = made(before)
    with gated(tmp_path) as (server, _, gate):
        gate.open()
        gate.failing = 1
        problem(server.request("DELETE", f"/keys/{key_id}"), 503)
        assert status(server, key) == 401
        assert server.request("DELETE", f"/keys/{key_id}").status_code == 204
    with serving(tmp_path) as again:
        assert status(again, key) == 401


def test_a_key_is_known_once_stored_though_nobody_waited_for_it(tmp_path: Path) -> None:
    with gated(tmp_path) as (server, parts, gate):
        headers = {"Authorization": f"Bearer {server.application.local_key}"}
        body = {"name": "left alone", "permissions": ["query"]}
        asking = server.begin("POST", "/keys", json=body, headers=headers)
        gate.wait()
        asking.cancel()
        gate.open()
        until(lambda: len(parts.keyring.visible(EVERYTHING)) == 2)
        names = [one["name"] for one in server.request("GET", "/keys").json()["keys"]]
        assert "left alone" in names


def test_uses_that_find_no_room_are_stored_the_next_time(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with serving(tmp_path) as before:
        key_id, key = made(before)
    with gated(tmp_path, ingest_queue=1) as (server, parts, gate):
        assert status(server, key) == 200
        waiting = [post(server, pool, "c1")]
        gate.wait()
        waiting.append(post(server, pool, "c2"))
        until(lambda: parts.writer.waiting == 1)
        inside.save_uses(parts)
        gate.open()
        assert [one.result().status_code for one in waiting] == [200, 200]
        assert parts.keyring.unsaved_uses().keys() == {key_id}
    with serving(tmp_path) as again:
        listed = {one["id"]: one for one in again.request("GET", "/keys").json()["keys"]}
        assert listed[key_id]["last_used_at"] is not None

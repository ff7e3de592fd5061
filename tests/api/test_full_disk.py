"""A disk that is full or fails: what is refused and how, what goes on, and that all comes back."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from callistics.access.keyring import make_key
from callistics.engines.registry import file_dsn, open_engine
from callistics.errors import StorageFailed, Unavailable
from callistics.model.keys import Permission
from callistics.model.scope import EVERYTHING
from callistics.server.figures import oldest_left
from callistics.settings import Settings
from callistics.sql.dialect import Statement
from support import inside
from support.checkpoints import checkpoint_before_the_next_commit
from support.full_disk import full
from support.gate import CALL, until
from support.server import Server, problem, serving
from support.webhook_server import CALLS, Endpoint

FAILED = "urn:callistics:problem:storage-failed"


@pytest.fixture
def disk_server(tmp_path: Path) -> Iterator[Server]:
    """A server on the embedded engine, which has stored one call."""
    with serving(tmp_path) as server:
        assert send(server, "before").status_code == 200
        yield server


def send(server: Server, name: str) -> httpx.Response:
    return server.request("POST", "/calls", json={**CALL, "call_id": name})


def recovered(server: Server) -> None:
    """Wait until records can be stored again."""
    until(lambda: server.application.services.storage().problem is None)
    assert server.request("GET", "/health/ready", key=None).status_code == 200


def refused(answer: httpx.Response, words: str) -> None:
    body = problem(answer, 503)
    assert body["type"] == FAILED
    assert words in body["detail"]
    assert answer.headers["retry-after"] == "5"


def names(server: Server) -> list[str]:
    answer = server.request("POST", "/calls/search", json={})
    return sorted(call["call_id"] for call in answer.json()["data"])


def maintain(server: Server) -> None:
    """Do maintenance until none is left."""
    while server.application.services.maintain():
        pass


def begin_overwriting(server: Server) -> None:
    """Erase a call, and overwrite what is left of it until the table of calls is written anew."""
    assert send(server, "erased").status_code == 200
    assert server.request("DELETE", "/calls/erased").status_code == 200
    there = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'renewed_calls'"
    while not inside.execute(inside.engine_of(server), there)[0][0]:
        assert server.application.services.maintain()


def overwritten(server: Server) -> None:
    """Nothing is left of what was erased, once maintenance is done."""
    maintain(server)
    engine = inside.engine_of(server)
    assert oldest_left(engine) is None
    made = "SELECT table_name FROM duckdb_tables() WHERE table_name SIMILAR TO 'renewed_.*|filler'"
    assert inside.execute(engine, made) == []


def test_a_full_log_refuses_records_and_lets_queries_go_on(
    disk_server: Server, tmp_path: Path
) -> None:
    hook = Endpoint(disk_server, "vapi")
    with full(tmp_path / "test.db.wal"):
        refused(send(disk_server, "lost"), "nothing can be stored now: the database has reached")
        refused(disk_server.request("GET", "/health/ready", key=None), "nothing can be stored now")
        assert disk_server.request("GET", "/health/live", key=None).status_code == 200
        refused(hook.send(CALLS["vapi"].events[-1]), "nothing can be stored now")
        assert disk_server.rows("call_count") == [{"count": 1}]
        assert names(disk_server) == ["before"]
    recovered(disk_server)
    assert hook.send(CALLS["vapi"].events[-1]).status_code == 200
    assert send(disk_server, "after").status_code == 200
    assert {"after", "before"} <= set(names(disk_server))
    assert "lost" not in names(disk_server)


def test_a_database_that_failed_is_opened_again(disk_server: Server, tmp_path: Path) -> None:
    key = disk_server.make_key()
    checkpoint_before_the_next_commit(inside.engine_of(disk_server))
    # There is room for the journal of the checkpoint, and none for what it moves into the file.
    with full(tmp_path / "test.db"):
        refused(send(disk_server, "lost"), "nothing can be stored now")
        refused(disk_server.request("GET", "/health/ready", key=None), "nothing can be stored now")
        assert disk_server.request("GET", "/health/live", key=None).status_code == 200
        refused(send(disk_server, "more"), "nothing can be stored now")
    recovered(disk_server)
    assert send(disk_server, "lost").status_code == 200
    assert names(disk_server) == ["before", "lost"]
    assert disk_server.rows("call_count", key=key) == [{"count": 2}]
    assert disk_server.application.services.storage().failures == 1


def test_one_that_failed_amid_overwriting_is_opened_again(
    disk_server: Server, tmp_path: Path
) -> None:
    begin_overwriting(disk_server)
    checkpoint_before_the_next_commit(inside.engine_of(disk_server))
    with full(tmp_path / "test.db"):
        refused(send(disk_server, "lost"), "nothing can be stored now")
    recovered(disk_server)
    assert send(disk_server, "after").status_code == 200
    assert names(disk_server) == ["after", "before"]
    overwritten(disk_server)


def test_overwriting_goes_on_once_there_is_room(disk_server: Server, tmp_path: Path) -> None:
    """What was begun cannot even be dropped where the disk is full."""
    begin_overwriting(disk_server)
    with full(tmp_path / "test.db.wal"), pytest.raises(StorageFailed):
        maintain(disk_server)
    recovered(disk_server)
    overwritten(disk_server)
    assert names(disk_server) == ["before"]


def test_a_state_that_is_held_keeps_nothing_closed(disk_server: Server, tmp_path: Path) -> None:
    held = disk_server.request("POST", "/backups").json()
    inside.leave_half_a_commit(inside.engine_of(disk_server), tmp_path / "test.db.wal")
    refused(send(disk_server, "lost"), "nothing can be stored now")
    recovered(disk_server)
    assert send(disk_server, "after").status_code == 200
    assert disk_server.request("DELETE", f"/backups/{held['id']}").status_code == 404
    assert disk_server.request("POST", "/backups").status_code == 201


def test_no_answer_of_before_is_given_for_another_state(
    disk_server: Server, tmp_path: Path
) -> None:
    for number in range(3):
        assert send(disk_server, f"more{number}").status_code == 200
        assert disk_server.rows("call_count") == [{"count": 2 + number}]
    checkpoint_before_the_next_commit(inside.engine_of(disk_server))
    with full(tmp_path / "test.db"):
        refused(send(disk_server, "lost"), "nothing can be stored now")
    recovered(disk_server)
    for number in range(4):
        assert send(disk_server, f"other{number}").status_code == 200
        assert disk_server.rows("call_count") == [{"count": len(names(disk_server))}]


def test_what_was_stored_with_an_error_is_known_afterwards(
    disk_server: Server, tmp_path: Path
) -> None:
    """As where a checkpoint has failed so late that the commit cannot be taken back."""
    parts = disk_server.application.services
    made = make_key("late", [Permission.QUERY], EVERYTHING, 1_700_000_000_000_000).stored
    with inside.engine_of(disk_server).writing() as session:
        session.save_keys([made])
    assert parts.keyring.find(made.id, EVERYTHING) is None
    checkpoint_before_the_next_commit(inside.engine_of(disk_server))
    wanted = {"name": "refused", "permissions": ["query"], "scope": {"merchant_ids": ["m1"]}}
    with full(tmp_path / "test.db"):
        refused(disk_server.request("POST", "/keys", json=wanted), "nothing can be stored now")
    recovered(disk_server)
    keys = disk_server.request("GET", "/keys").json()["keys"]
    assert "late" in [key["name"] for key in keys]
    assert "refused" not in [key["name"] for key in keys]


def test_a_log_that_ends_in_half_a_commit_is_not_written_behind(
    disk_server: Server, tmp_path: Path
) -> None:
    log = tmp_path / "test.db.wal"
    inside.leave_half_a_commit(inside.engine_of(disk_server), log)
    refused(send(disk_server, "lost"), "nothing can be stored now")
    recovered(disk_server)
    assert send(disk_server, "after").status_code == 200
    # As a kill leaves it.
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("test.db", "test.db.wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    with serving(copy) as again:
        assert names(again) == ["after", "before"]


def test_a_reserve_is_kept(
    disk_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.statvfs(tmp_path)
    almost = os.statvfs_result([1, 1, 1, 1, 1_000, *found[5:]])
    monkeypatch.setattr(os, "statvfs", lambda _: almost)
    words = "the disk is almost full: 1,000 bytes are free, and `disk_reserve` keeps 268,435,456"
    refused(send(disk_server, "refused"), words)
    refused(disk_server.request("GET", "/health/ready", key=None), words)
    assert disk_server.rows("call_count") == [{"count": 1}]
    figures = disk_server.request("GET", "/metrics").text
    assert "callistics_storage_failed 1.0" in figures
    assert "callistics_disk_free_bytes 1000.0" in figures
    monkeypatch.undo()
    assert send(disk_server, "taken").status_code == 200
    assert names(disk_server) == ["before", "taken"]


def test_a_query_that_spills_too_much_is_refused_and_others_go_on(tmp_path: Path) -> None:
    dsn = file_dsn(tmp_path / "x.db")
    engine = open_engine(Settings(engine=dsn, memory_limit="60MB", disk_reserve=2**49))
    many = Statement("SELECT count(*) FROM (SELECT DISTINCT hash(range) FROM range(9_000_000))", ())
    with pytest.raises(Unavailable, match="more room to spill to than the disk has"):
        engine.run(many)
    assert engine.run(Statement("SELECT count(*) FROM calls", ())) == [(0,)]
    assert engine.storage.failures == 0
    engine.close()

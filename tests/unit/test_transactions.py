"""Connections that write commit one at a time, and none behind half a commit of another."""

import errno
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from callistics.engines.duckdb.transactions import Commits, Transactions
from callistics.engines.duckdb.watermark import Watermark, log_of, note_of, read_mark
from support.gate import CALL
from support.store import opened as store_opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


@contextmanager
def opened(path: Path) -> Generator[tuple[Commits, Transactions, Transactions]]:
    """Two connections of a database with a table of numbers."""
    with duckdb.connect(path) as database:
        database.execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER)")
        database.execute("CHECKPOINT")
        watermark = Watermark(path)
        commits = Commits(path, watermark)
        one, two = Transactions(database, commits), Transactions(database, commits)
        yield commits, one, two
        two.close()
        one.close()
        watermark.close()


def leave_open(path: Path, number: int) -> None:
    """A number is committed, and the process killed."""
    with opened(path) as (_, one, _two):
        one.connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        with one.transaction() as connection:
            insert(connection, number)


def insert(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    connection.execute("INSERT INTO numbers VALUES (?)", [number])


def numbers(path: Path) -> list[int]:
    with duckdb.connect(path) as database:
        return [one for (one,) in database.execute("FROM numbers ORDER BY ALL").fetchall()]


def noted(path: Path) -> tuple[int, int]:
    """How long the log is noted to be, and how long it is."""
    mark = read_mark(path)
    assert mark is not None
    return mark.size, log_of(path).stat().st_size


class HalfACommit:
    """A connection that fails where it commits, after so many bytes are in the log."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path, self._data = path, data

    def execute(self, _: str) -> None:
        with log_of(self._path).open("ab") as log:
            log.write(self._data)
        raise duckdb.IOException("told to fail")


def fail(commits: Commits, path: Path, data: bytes) -> None:
    with pytest.raises(duckdb.IOException, match="told to fail"):
        commits.commit(HalfACommit(path, data))  # pyright: ignore[reportArgumentType]


def test_what_one_commits_is_noted_while_another_one_is_under_way(path: Path) -> None:
    with opened(path) as (_, one, two):
        with one.transaction() as outer:
            insert(outer, 1)
            with two.transaction() as inner:
                insert(inner, 2)
            said, size = noted(path)
            assert said == size > 0
        assert noted(path)[0] == noted(path)[1] > size
    assert numbers(path) == [1, 2]


def test_what_fails_leaves_the_others_alone(path: Path) -> None:
    with opened(path) as (commits, one, two):
        with pytest.raises(ZeroDivisionError), one.transaction() as outer:  # noqa: PT012 - the order counts
            insert(outer, 1)
            with two.transaction() as inner:
                insert(inner, 2)
            raise ZeroDivisionError
        fail(commits, path, b"")
        assert not commits.is_torn
        with one.transaction() as connection:
            insert(connection, 3)
    assert numbers(path) == [2, 3]


def test_nothing_is_committed_behind_half_a_commit(path: Path) -> None:
    with opened(path) as (commits, one, two):
        with pytest.raises(duckdb.IOException, match="half a commit"), one.transaction() as begun:  # noqa: PT012
            insert(begun, 1)
            fail(commits, path, b"half of it")
        assert commits.is_torn
        with pytest.raises(duckdb.IOException, match="half a commit"), two.transaction():
            pass


def test_what_cannot_be_noted_is_no_commit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def advance(_: Watermark) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with opened(path) as (commits, one, _):
        monkeypatch.setattr(Watermark, "advance", advance)
        with pytest.raises(OSError, match="No space"), one.transaction() as connection:
            insert(connection, 1)
        assert commits.is_torn


def test_half_a_commit_is_not_noted_by_one_that_writes_nothing(path: Path) -> None:
    """The engine leaves it where it is until it writes the next one over it."""
    leave_open(path, 1)
    with log_of(path).open("ab") as log:
        # The length of what follows, a checksum, and a part of what follows.
        log.write((5_000).to_bytes(8, "little") + bytes(1_000))
    size = log_of(path).stat().st_size
    with duckdb.connect(path) as database:
        database.execute("PRAGMA disable_checkpoint_on_shutdown")
        watermark = Watermark(path)
        one = Transactions(database, Commits(path, watermark))
        before = read_mark(path)
        with one.transaction() as connection:
            connection.execute("DELETE FROM numbers WHERE number = 9")
        assert log_of(path).stat().st_size == size
        assert read_mark(path) == before
        with one.transaction() as connection:
            insert(connection, 2)
        mark = read_mark(path)
        assert mark is not None
        assert mark.is_of(log_of(path))
        assert mark.size == log_of(path).stat().st_size < size
        one.close()
        watermark.close()
    assert numbers(path) == [1, 2]


def test_a_checkpoint_is_noted(path: Path) -> None:
    """Half a commit that follows it is cut off, where another one would go on behind it."""
    with opened(path) as (commits, one, _):
        with one.transaction() as connection:
            insert(connection, 1)
        before = read_mark(path)
        assert commits.checkpoint(one.connection)
        mark = read_mark(path)
        assert mark is not None
        assert before is not None
        assert (mark.iteration, mark.size) == (before.iteration + 1, 0)


def test_another_connection_commits_beside_the_one_with_the_lock(path: Path) -> None:
    with opened(path) as (_, one, two):
        with one.lock, one.transaction() as outer:
            insert(outer, 1)
            with two.transaction() as inner:
                insert(inner, 2)
            with pytest.raises(ZeroDivisionError), two.transaction() as failing:  # noqa: PT012
                insert(failing, 3)
                raise ZeroDivisionError
        assert noted(path)[0] == noted(path)[1]
    assert numbers(path) == [1, 2]


def test_what_a_start_reads_from_the_log_is_noted(tmp_path: Path) -> None:
    """A kill may come between a commit and its note; who asks again is told of the commit."""
    path, killed = tmp_path / "x.db", tmp_path / "killed"
    with store_opened(path=path) as store:
        store.send("calls", [CALL])
        note = note_of(path).read_bytes()
        store.send("calls", [{**CALL, "call_id": "second"}])
        killed.mkdir()
        for file in (path, log_of(path)):
            shutil.copy(file, killed)
    note_of(killed / "x.db").write_bytes(note)
    with store_opened(path=killed / "x.db") as store:
        assert noted(killed / "x.db")[0] == noted(killed / "x.db")[1]
        assert store.rows("call_count") == [{"count": 2}]

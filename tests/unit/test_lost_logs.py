"""A log that is cut off, damaged or gone: what was acknowledged is never dropped without a word."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from callistics.cli import main
from callistics.engines.duckdb.watermark import read_mark
from callistics.engines.registry import accept_loss, diagnose, file_dsn
from callistics.errors import EngineError
from callistics.settings import Settings
from support import inside
from support.store import opened

Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a database that was killed after three commits."""
    folder = tmp_path_factory.mktemp("killed")
    running = folder / "running"
    running.mkdir()
    with opened(path=running / "x.db") as store:
        for number in range(3):
            store.send("calls", [call(f"c{number}")])
        for file in running.iterdir():
            if file.is_file():
                shutil.copy2(file, folder)
    return folder


@pytest.fixture
def database(killed: Path, tmp_path: Path) -> Path:
    for file in killed.iterdir():
        if file.is_file():
            shutil.copy2(file, tmp_path)
    return tmp_path / "x.db"


def call(name: str) -> dict[str, object]:
    start = "2025-01-15T09:30:00Z"
    return {"call_id": name, "merchant_id": "m", "reseller_id": "r", "started_at": start}


def log(database: Path) -> Path:
    return database.with_name("x.db.wal")


def note(database: Path) -> Path:
    return database.with_name("x.db.acknowledged")


def overwrite(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as opened_file:
        opened_file.seek(at)
        opened_file.write(data)


def cut(file: Path, share: float) -> None:
    with file.open("r+b") as opened_file:
        opened_file.truncate(int(file.stat().st_size * share))


def calls_in(database: Path) -> int:
    with opened(path=database) as store:
        return store.rows("call_count")[0]["count"]


def size(file: Path) -> int:
    return file.stat().st_size


def old_database(database: Path) -> None:
    """Put back the file as it was before its log was moved into it, without a log."""
    with opened(path=database):
        pass
    before = database.read_bytes()
    with opened(path=database) as store:
        store.send("calls", [call("later")])
    with opened(path=database) as store:
        store.send("calls", [call("latest")])
    database.write_bytes(before)


def problems(database: Path) -> list[str]:
    """What the doctor finds, but for the clock, which is the store's own."""
    found = diagnose(Settings(engine=file_dsn(database))).problems
    return [one for one in found if not one.startswith("times of arrival")]


LOST: dict[str, tuple[Change, str]] = {
    "head": (lambda one: overwrite(log(one), 0, bytes(64)), "x.db.wal is damaged at its beginning"),
    "version": (lambda one: overwrite(log(one), 3, b"XX"), "x.db.wal is damaged at its beginning"),
    "identity": (lambda one: overwrite(log(one), 12, b"XX"), "x.db.wal is damaged"),
    "middle": (lambda one: overwrite(log(one), size(log(one)) // 2, b"X" * 9), "is damaged"),
    "end": (lambda one: overwrite(log(one), size(log(one)) - 9, b"X" * 9), "is damaged"),
    "cut": (lambda one: cut(log(one), 0.9), "x.db.wal is cut off"),
    "cut short": (lambda one: cut(log(one), 0.001), "x.db.wal is"),
    "emptied": (lambda one: cut(log(one), 0), "x.db.wal is cut off"),
    "log gone": (lambda one: log(one).unlink(), "x.db.wal is not there"),
    "database gone": (lambda one: one.unlink(), "holds records of a database, and"),
    "database emptied": (lambda one: cut(one, 0), "x.db is empty"),
    "older": (old_database, "x.db is older than"),
}


@pytest.mark.parametrize("name", LOST)
def test_a_loss_is_refused_with_a_sentence(database: Path, name: str) -> None:
    change, words = LOST[name]
    change(database)
    before = {file.name: file.read_bytes() for file in database.parent.iterdir()}
    for _ in range(2):
        with pytest.raises(EngineError, match="--accept-loss") as caught:
            calls_in(database)
        assert words in str(caught.value)
    assert before == {file.name: file.read_bytes() for file in database.parent.iterdir()}


@pytest.mark.parametrize("name", LOST)
def test_a_loss_is_what_the_doctor_finds(database: Path, name: str) -> None:
    change, words = LOST[name]
    assert problems(database) == []
    change(database)
    before = {file.name: file.read_bytes() for file in database.parent.iterdir()}
    (problem,) = problems(database)
    assert words in problem
    assert "--accept-loss" in problem
    assert before == {file.name: file.read_bytes() for file in database.parent.iterdir()}


@pytest.mark.parametrize("name", LOST)
def test_a_loss_is_accepted_and_the_log_kept(database: Path, name: str) -> None:
    LOST[name][0](database)
    left = log(database).read_bytes() if log(database).exists() else b""
    kept = accept_loss(Settings(engine=file_dsn(database)))
    aside = [file for file in kept if ".wal.lost-" in file.name]
    assert left == (aside[0].read_bytes() if aside else b"")
    found = calls_in(database)
    # What comes before the end that was cut off is there.
    assert found == {"cut": 2, "older": 3}.get(name, 0)
    assert accept_loss(Settings(engine=file_dsn(database))) == []


@pytest.mark.parametrize("name", ["head", "middle", "database gone", "database emptied"])
def test_a_loss_is_seen_without_the_note(database: Path, name: str) -> None:
    note(database).unlink()
    LOST[name][0](database)
    with pytest.raises(EngineError, match="--accept-loss"):
        calls_in(database)


def test_an_end_that_was_never_acknowledged_may_go(database: Path) -> None:
    with log(database).open("ab") as file:
        file.write((5_000).to_bytes(8, "little") + bytes(1_000))
    with opened(path=database) as store:
        assert store.rows("call_count") == [{"count": 3}]
        store.send("calls", [call("more")])
        for file in (log(database), note(database), database):
            shutil.copy2(file, file.with_name("copy-" + file.name))
    for file in (log(database), note(database), database):
        file.with_name("copy-" + file.name).replace(file)
    assert calls_in(database) == 4


def test_an_end_that_the_engine_cannot_read_goes_if_it_was_never_acknowledged(
    database: Path,
) -> None:
    # A commit that was written in part before others: its checksum is not that of its bytes.
    with log(database).open("ab") as file:
        file.write((100).to_bytes(8, "little") + b"X" * 300)
    left = log(database).read_bytes()
    assert problems(database) == []
    assert calls_in(database) == 3
    (aside,) = database.parent.glob("x.db.wal.lost-*")
    assert aside.read_bytes() == left


def test_an_end_is_kept_where_the_note_may_be_older(database: Path) -> None:
    mark = read_mark(database)
    assert mark is not None
    note(database).write_bytes(replace(mark, boot="another").text)
    with log(database).open("ab") as file:
        file.write((100).to_bytes(8, "little") + b"X" * 300)
    with pytest.raises(EngineError, match="--accept-loss"):
        calls_in(database)


def test_nothing_is_committed_behind_half_a_commit(tmp_path: Path) -> None:
    """Who waited for the writer when a commit failed has not heard of it yet."""
    with opened(path=tmp_path / "x.db") as store:
        inside.leave_half_a_commit(store.engine, tmp_path / "x.db.wal")
        for name in ("half", "behind"):
            with pytest.raises(duckdb.Error), store.engine.writing() as session:
                session.save_token_secret(name)
        assert store.engine.load_token_secret() is None


def test_a_note_that_is_older_or_half_says_less(database: Path) -> None:
    overwrite(note(database), 30, b"9")
    assert calls_in(database) == 3
    note(database).write_bytes(b"")
    assert calls_in(database) == 3


def test_a_database_that_was_killed_before_its_first_commit_is_opened(tmp_path: Path) -> None:
    running, copy = tmp_path / "running", tmp_path / "copy"
    running.mkdir()
    with opened(path=running / "x.db"):
        pass
    with opened(path=running / "x.db"):
        shutil.copytree(running, copy)
    assert size(note(copy / "x.db")) > 0
    assert calls_in(copy / "x.db") == 0


def test_a_log_of_another_database_is_refused(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "x.db"
    with opened(path=other):
        pass
    shutil.copy2(log(database), log(other))
    with pytest.raises(EngineError, match="of another database"):
        calls_in(other)


@pytest.mark.parametrize("share", [0.4, 0.9])
def test_a_database_that_is_cut_off_is_refused(database: Path, share: float) -> None:
    calls_in(database)
    cut(database, share)
    with pytest.raises(EngineError, match=r"is cut off.*Put a backup in its place"):
        calls_in(database)


def test_the_command_line_says_it(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(log(database), 0.9)
    monkeypatch.setenv("CALLISTICS_PORT", "0")
    found = CliRunner().invoke(main, ["serve", "--engine", file_dsn(database)])
    assert found.exit_code != 0
    assert "is cut off" in found.output
    assert "--accept-loss" in found.output

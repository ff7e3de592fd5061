"""A checkpoint that is cut off in the middle of a block that is in use loses nothing."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from callistics.engines.duckdb.checkpoint_journal import (
    CheckpointJournal,
    is_rolled_back_by_a_start,
    journal_of,
    roll_back,
)
from callistics.engines.duckdb.watermark import log_of, note_of
from callistics.engines.registry import diagnose, file_dsn, open_engine
from callistics.errors import EngineError
from callistics.settings import Settings
from support.checkpoints import checkpoint as checkpoint_now
from support.checkpoints import checkpoint_before_the_next_commit, new_files_for_all
from support.full_disk import full
from support.store import opened

_HEADERS, _BLOCK = 12_288, 262_144
DAMAGED = r"x\.db is damaged\. Put a backup in its place"


def calls(first: int, count: int) -> list[dict[str, object]]:
    return [
        {
            "call_id": f"c{number}",
            "merchant_id": f"m{number % 7}",
            "reseller_id": "r",
            "started_at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T10:00:00Z",
            "payload": {"text": f"{number:x}" * 9, f"key{number % 40}": number},
        }
        for number in range(first, first + count)
    ]


@dataclass(frozen=True)
class Checkpoint:
    """A file before and after a checkpoint, the log that it moves, and its journal."""

    before: bytes
    after: bytes
    log: bytes
    journal: bytes

    @property
    def overwritten(self) -> list[int]:
        """The blocks of the file before that are others after, and not only in their free parts.

        Those among them that the header before does not refer to are for anybody to write.
        """
        places = range(_HEADERS, len(self.before), _BLOCK)
        return [
            number
            for number, at in enumerate(places)
            if self.before[at : at + _BLOCK] != self.after[at : at + _BLOCK]
        ]

    def cut_off(self, number: int, share: float) -> bytes:
        """All of it is written but the header, and a block only as far as a share of it."""
        at, written = _HEADERS + number * _BLOCK, int(share * _BLOCK)
        block = self.after[at : at + written] + self.before[at + written : at + _BLOCK]
        return self.before[:_HEADERS] + self.after[_HEADERS:at] + block + self.after[at + _BLOCK :]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    path = tmp_path_factory.mktemp("checkpoint") / "x.db"
    kept: list[bytes] = []
    drop = CheckpointJournal.drop

    def keep(journal: CheckpointJournal) -> None:
        kept.append(journal_of(path).read_bytes())
        drop(journal)

    with opened(path=path) as store, pytest.MonkeyPatch.context() as patch:
        for first in range(0, 3_000, 1_000):
            store.send("calls", calls(first, 1_000))
            checkpoint_now(store.engine)
        store.send("calls", calls(3_000, 500))
        before, log = path.read_bytes(), log_of(path).read_bytes()
        patch.setattr(CheckpointJournal, "drop", keep)
        checkpoint_now(store.engine)
        (journal,) = kept
        assert not journal_of(path).exists()
        return Checkpoint(before, path.read_bytes(), log, journal)


def laid(folder: Path, checkpoint: Checkpoint, content: bytes, journal: bytes | None) -> Path:
    path = folder / "x.db"
    path.write_bytes(content)
    log_of(path).write_bytes(checkpoint.log)
    note_of(path).unlink(missing_ok=True)
    if journal is not None:
        journal_of(path).write_bytes(journal)
    return path


def settings(path: Path) -> Settings:
    return Settings(engine=file_dsn(path))


def torn(checkpoint: Checkpoint) -> tuple[int, bytes]:
    """A block of which half is written, so that the engine does not open the file."""
    for number in checkpoint.overwritten:
        content = checkpoint.cut_off(number, 0.5)
        if not is_opened(content):
            return number, content
    raise AssertionError("no block is overwritten that is in use")


def is_opened(content: bytes) -> bool:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "torn.db"
        path.write_bytes(content)
        try:
            duckdb.connect(path).close()
        except duckdb.Error:
            return False
    return True


def test_the_engine_overwrites_what_is_in_use(checkpoint: Checkpoint) -> None:
    """Where it does not any more, nothing of this is needed."""
    assert is_opened(checkpoint.before)
    assert not is_opened(torn(checkpoint)[1])


@pytest.mark.parametrize("share", [8 / _BLOCK, 0.25, 0.5, 0.75, 0.999])
def test_nothing_is_lost(checkpoint: Checkpoint, tmp_path: Path, share: float) -> None:
    for number in checkpoint.overwritten:
        content = checkpoint.cut_off(number, share)
        path = laid(tmp_path, checkpoint, content, checkpoint.journal)
        with opened(path=path) as store:
            assert store.rows("call_count") == [{"count": 3_500}]
            assert not journal_of(path).exists()
            assert store.send("calls", calls(9_000, 1)).stored == 1
            checkpoint_now(store.engine)
        with opened(path=path) as store:
            assert store.rows("call_count") == [{"count": 3_501}]


def test_without_the_journal_it_is_refused(checkpoint: Checkpoint, tmp_path: Path) -> None:
    _, content = torn(checkpoint)
    for journal in (None, b"", checkpoint.journal[:-1], b"x" + checkpoint.journal[1:]):
        path = laid(tmp_path, checkpoint, content, journal)
        with pytest.raises(EngineError, match=DAMAGED):
            open_engine(settings(path))
        assert path.read_bytes() == content
        assert any("x.db is damaged" in one for one in diagnose(settings(path)).problems)
        journal_of(path).unlink(missing_ok=True)


def test_the_doctor_finds_nothing_that_a_start_puts_right(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    _, content = torn(checkpoint)
    path = laid(tmp_path, checkpoint, content, checkpoint.journal)
    assert diagnose(settings(path)).problems == ()
    assert path.read_bytes() == content
    assert is_rolled_back_by_a_start(path)


def test_what_is_damaged_is_left_as_it_is(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """What is in use is not what the journal says: it is the journal of another file."""
    number, content = torn(checkpoint)
    begin = _HEADERS + number * _BLOCK
    other = bytearray(content)
    for at in range(begin + 8, begin + _BLOCK, 64):
        other[at] ^= 1
    path = laid(tmp_path, checkpoint, bytes(other), checkpoint.journal)
    with pytest.raises(EngineError, match=DAMAGED):
        open_engine(settings(path))
    assert path.read_bytes() == bytes(other)
    assert journal_of(path).read_bytes() == checkpoint.journal
    assert diagnose(settings(path)).problems


def test_one_that_ended_stays(checkpoint: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(checkpoint.after)
    journal_of(path).write_bytes(checkpoint.journal)
    unfinished = tmp_path / "x.db.checkpoint.unfinished"
    unfinished.write_bytes(checkpoint.journal[:100])
    roll_back(path)
    assert path.read_bytes() == checkpoint.after
    assert not journal_of(path).exists()
    assert not unfinished.exists()


def test_one_that_another_process_makes_is_left_alone(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    path = laid(tmp_path, checkpoint, checkpoint.before, checkpoint.journal)
    holds = "import duckdb, sys; c = duckdb.connect('x.db'); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    ) as other:
        assert other.stdout
        assert other.stdout.readline()
        with pytest.raises(EngineError, match="open in another process"):
            open_engine(settings(path))
        assert journal_of(path).exists()
        other.communicate(b"\n")


def test_a_journal_that_cannot_be_written_is_no_checkpoint(tmp_path: Path) -> None:
    """What is in the log is as durable as it was."""
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", calls(0, 10))
        before, size = path.read_bytes(), log_of(path).stat().st_size

        with full(journal_of(path)), pytest.raises(OSError, match="No space left"):
            checkpoint_now(store.engine)
        assert path.read_bytes() == before
        assert log_of(path).stat().st_size == size
        assert sorted(file.name for file in tmp_path.iterdir()) == [
            "x.db",
            "x.db.acknowledged",
            "x.db.wal",
        ]
        assert store.send("calls", calls(10, 1)).stored == 1


def test_nothing_is_left_of_it_in_the_end(tmp_path: Path) -> None:
    with opened(path=tmp_path / "x.db") as store:
        store.send("calls", calls(0, 10))
    assert not journal_of(tmp_path / "x.db").exists()
    assert not log_of(tmp_path / "x.db").exists()


def test_who_may_read_the_database_may_read_its_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    drop = CheckpointJournal.drop

    def look(journal: CheckpointJournal) -> None:
        modes.append(journal_of(path).stat().st_mode & 0o777)
        drop(journal)

    monkeypatch.setattr(CheckpointJournal, "drop", look)
    path = tmp_path / "x.db"
    for mode in (0o600, 0o644):
        with new_files_for_all(), opened(path=path) as store:
            path.chmod(mode)
            store.send("calls", calls(0, 10))
    assert modes == [0o600, 0o644]


@pytest.mark.parametrize("written", [0, 12, 20, 40])
def test_a_header_that_is_cut_off_is_put_back(
    checkpoint: Checkpoint, tmp_path: Path, written: int
) -> None:
    """The engine would not take the other one, which is whole, but open the file no more."""
    (slot,) = [
        at
        for at in (4_096, 8_192)
        if checkpoint.before[at : at + 4_096] != checkpoint.after[at : at + 4_096]
    ]
    new = checkpoint.after[slot : slot + written] + bytes(4_096 - written)
    content = checkpoint.before[:slot] + new + checkpoint.before[slot + 4_096 : _HEADERS]
    path = laid(tmp_path, checkpoint, content + checkpoint.after[_HEADERS:], checkpoint.journal)
    with opened(path=path) as store:
        assert store.rows("call_count") == [{"count": 3_500}]
        assert not journal_of(path).exists()


def test_one_journal_does_for_all_checkpoints_that_others_keep_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    written: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda _: written.append(1))
    with opened(path=path) as store:
        store.send("calls", calls(0, 100))
        checkpoint_now(store.engine)
        store.send("calls", calls(100, 1))
        with store.engine.dumping() as dump:
            assert dump.parts()
            # What was stored since the state that is held keeps it from being done.
            store.send("calls", calls(101, 1))
            checkpoint_before_the_next_commit(store.engine)
            for number in range(3):
                written.clear()
                assert store.send("calls", calls(200 + number, 1)).stored == 1
                assert journal_of(path).exists()
                assert bool(written) == (number == 0)
        checkpoint_now(store.engine)
        assert not journal_of(path).exists()
        assert store.rows("call_count") == [{"count": 105}]

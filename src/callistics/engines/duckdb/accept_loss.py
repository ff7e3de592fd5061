"""Goes on without records that are lost; what is left of them is kept aside, never deleted."""

import shutil
import time
from pathlib import Path

import duckdb

from callistics.engines.duckdb.checkpoint_journal import roll_back
from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.file_check import LossError, check_files, is_unreadable_log
from callistics.engines.duckdb.watermark import Mark, cut, log_of, note_of, read_mark
from callistics.errors import EngineError, first_line

_BESIDE_LOG = ("", ".checkpoint", ".recovery")


def accept_loss(path: Path) -> list[Path]:
    """Have a database opened although records are lost; the files that were kept aside.

    None where nothing is. Raises `EngineError` where it cannot be opened anyway.
    """
    kept: list[Path] = []
    try:
        roll_back(path)
        check_files(path)
    except OSError as error:
        raise EngineError(f"cannot open {path}: {error.strerror}") from error
    except LossError as error:
        kept += _keep_aside(path, copy=error.log_is_readable)
    if path.exists() and log_of(path).exists() and not _is_replayed(path):
        kept += _keep_aside(path, copy=False)
    return kept


def cut_unacknowledged(path: Path) -> bool:
    """Cut off a log what was never acknowledged, where that is known; whether that was done.

    The engine may have left there what it cannot read. The log is kept aside as it was.
    """
    mark = _exact_mark(path)
    if mark is None:
        return False
    aside = _aside(log_of(path), _stamp())
    shutil.copy2(log_of(path), aside)
    if not cut(path, mark):
        aside.unlink()
        return False
    return True


def is_cut_by_a_start(path: Path) -> bool:
    """Whether `cut_unacknowledged` may cut a log that the engine cannot read."""
    return _exact_mark(path) is not None


def _exact_mark(path: Path) -> Mark | None:
    """How far a log was acknowledged, where that is known for sure and all of it is there."""
    mark = read_mark(path)
    return mark if mark is not None and mark.is_exact and mark.is_of(log_of(path)) else None


def _stamp() -> str:
    return f".lost-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"


def _aside(file: Path, stamp: str) -> Path:
    """A name that nothing has, beside a file."""
    found, number = file.with_name(file.name + stamp), 1
    while found.exists():
        number += 1
        found = file.with_name(f"{file.name}{stamp}-{number}")
    return found


def _keep_aside(path: Path, *, copy: bool) -> list[Path]:
    """Move what is about the log aside, or copy the log; an empty database is no database."""
    stamp = _stamp()
    logs = [log_of(path).with_name(log_of(path).name + suffix) for suffix in _BESIDE_LOG]
    moved = [*([] if copy else logs), note_of(path)]
    if path.exists() and not path.stat().st_size:
        moved.append(path)
    kept: list[Path] = []
    for one in (*logs, note_of(path), path):
        aside = _aside(one, stamp)
        if not one.exists() or (one not in moved and one not in logs):
            continue
        if one in moved:
            one.rename(aside)
        else:
            shutil.copy2(one, aside)
        kept.append(aside)
    return kept


def _is_replayed(path: Path) -> bool:
    """Whether the engine reads the log; it is left as it is."""
    try:
        with connect(path) as connection:
            connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    except duckdb.Error as error:
        if is_unreadable_log(error):
            return False
        raise EngineError(f"cannot open {path}: {first_line(error)}") from error
    return True

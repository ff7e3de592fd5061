"""Goes on without records that are lost; what is left of them is kept aside, never deleted."""

import shutil
from pathlib import Path

import duckdb

from callistics.engines.duckdb.file_check import REPLAY_FAILED, LossError, check_files
from callistics.engines.duckdb.watermark import log_of, note_of
from callistics.errors import EngineError, first_line
from callistics.model.instants import now

_BESIDE_LOG = ("", ".checkpoint", ".recovery")


def accept_loss(path: Path) -> list[Path]:
    """Have a database opened although records are lost; the files that were kept aside.

    None where nothing is. Raises `EngineError` where it cannot be opened anyway.
    """
    kept: list[Path] = []
    try:
        check_files(path)
    except LossError as error:
        kept += _keep_aside(path, copy=error.log_is_readable)
    if path.exists() and log_of(path).exists() and not _is_replayed(path):
        kept += _keep_aside(path, copy=False)
    return kept


def _keep_aside(path: Path, *, copy: bool) -> list[Path]:
    """Move what is about the log aside, or copy the log; an empty database is no database."""
    stamp = f".lost-{now()}"
    logs = [log_of(path).with_name(log_of(path).name + suffix) for suffix in _BESIDE_LOG]
    moved = [*([] if copy else logs), note_of(path)]
    if path.exists() and not path.stat().st_size:
        moved.append(path)
    kept: list[Path] = []
    for one in (*logs, note_of(path), path):
        aside = one.with_name(one.name + stamp)
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
        with duckdb.connect(str(path)) as connection:
            connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    except duckdb.Error as error:
        if any(words in str(error) for words in REPLAY_FAILED):
            return False
        raise EngineError(f"cannot open {path}: {first_line(error)}") from error
    return True

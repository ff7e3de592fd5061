"""Restoring a backup: into a new place, of the newest schema, verified."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from callistics.backups.kept import Kept, Note, part_file
from callistics.backups.manifest import BackupError, Manifest, Part
from callistics.engines.base import Engine
from callistics.engines.dump import RECORD_TABLES, Loading, Restoring


def restore(
    kept: Kept,
    manifest: Manifest,
    place: Restoring,
    scratch: Path,
    note: Note,
    opened: Callable[[str], Engine],
) -> None:
    """Make the database of a backup in a place where none is.

    `scratch` is a folder for files that are fetched first, `opened` opens the engine of a DSN.
    Nothing that looks whole is left where it fails. Raises `BackupError`, `EngineError`.
    """
    place.refuse_taken()
    try:
        with place.loading(manifest.schema) as loading:
            for part in manifest.parts:
                _load(kept, part, loading, scratch)
                note(part.rows)
        _settle(manifest, opened(place.unfinished))
        place.finish()
    except BaseException:
        place.discard()
        raise


def _load(kept: Kept, part: Part, loading: Loading, scratch: Path) -> None:
    with kept.place.local(part_file(part.sha256), scratch) as path:
        if not path.exists():
            raise BackupError(f"{part.name}: {part_file(part.sha256)} is missing")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != part.sha256:
            raise BackupError(f"{part.name}: {part_file(part.sha256)} is damaged")
        rows = loading.insert(part.table, path)
    if rows != part.rows:
        raise BackupError(f"{part.name}: {rows:,} rows were restored, not {part.rows:,}")


def _settle(manifest: Manifest, engine: Engine) -> None:
    """Have all that is derived made, as opening does, and count what is there then."""
    try:
        with engine.dumping() as dump:
            found: dict[str, int] = {}
            for part in dump.parts():
                found[part.table] = found.get(part.table, 0) + part.rows
    finally:
        engine.close()
    _compare(manifest, found)


def _compare(manifest: Manifest, found: Mapping[str, int]) -> None:
    for table in RECORD_TABLES:
        rows = manifest.rows(table)
        if found.get(table, 0) != rows:
            raise BackupError(f"{table}: {found.get(table, 0):,} rows are there, not {rows:,}")

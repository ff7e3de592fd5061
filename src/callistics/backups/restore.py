"""Restoring a backup: into a new place, of the newest schema, verified."""

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from callistics.backups.kept import Kept, Note, part_file
from callistics.backups.manifest import BackupError, Manifest, Part
from callistics.engines.base import Engine
from callistics.engines.dump import RECORD_TABLES, Loading, Restoring
from callistics.model.audit import COMMAND_LINE, Action, note
from callistics.model.audit_chain import chained
from callistics.model.instants import now

DERIVED = "what is derived from records"
"""What is restored last: nothing of it is in a backup."""


def restore(
    kept: Kept,
    manifest: Manifest,
    place: Restoring,
    scratch: Path,
    progress: Note,
    opened: Callable[[str], Engine],
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Make the database of a backup in a place where none is.

    `scratch` is a folder for files that are fetched first, `opened` opens the engine of a DSN,
    `tell` is told what is being restored, before it is.
    Nothing that looks whole is left where it fails. Raises `BackupError`, `EngineError`.
    """
    place.refuse_taken()
    try:
        with place.loading(manifest.schema) as loading:
            for part in manifest.parts:
                tell(part.name)
                _load(kept, part, loading, scratch)
                progress(part.rows)
            tell(DERIVED)
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
    """Have all that is derived made, as opening does, count what is there then, and note it."""
    try:
        with engine.dumping() as dump:
            rows = Counter[str]()
            for part in dump.parts():
                rows[part.table] += part.rows
        for table in RECORD_TABLES:
            if rows[table] != manifest.rows(table):
                message = f"{rows[table]:,} rows are there, not {manifest.rows(table):,}"
                raise BackupError(f"{table}: {message}")
        told = {"calls": rows["calls"], "lead_records": rows["lead_records"]}
        restored = note(Action.RESTORED, COMMAND_LINE, now(), backup=manifest.id, **told)
        with engine.writing() as session:
            session.append_audit(list(chained(session.audit_head(), [restored])))
    finally:
        engine.close()

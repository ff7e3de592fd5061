"""Backups of a store without HTTP, and restored stores."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from callistics.backups.kept import Kept, part_file
from callistics.backups.make import Fetched, Made, make_backup
from callistics.backups.manifest import ListedPart, Manifest, State
from callistics.backups.place import Place
from callistics.backups.restore import restore
from callistics.backups.states import HeldSnapshots
from callistics.engines.base import Engine
from callistics.engines.dump import RECORD_TABLES
from callistics.engines.registry import open_engine, restoring
from callistics.records.field import RecordKind
from callistics.settings import Settings
from support import engines


class HeldSource:
    """Implements `backups.make.Source` on the states of an engine; `asked` has what was fetched.

    `before` is called with the number of parts that have been fetched before each.
    """

    def __init__(
        self, engine: Engine, scratch: Path, before: Callable[[int], None] = lambda _: None
    ) -> None:
        self.states = HeldSnapshots(engine, "an engine", scratch / "part")
        self.asked: list[str] = []
        self._before = before

    @contextmanager
    def holding(self) -> Generator[State]:
        state = self.states.hold()
        try:
            yield state
        finally:
            self.states.release(state.id)

    @contextmanager
    def fetching(self, state: State, part: ListedPart) -> Generator[Fetched]:
        self._before(len(self.asked))
        self.asked.append(part.name)
        found = self.states.part(state.id, part.name)
        with found.file:
            yield Fetched(found.size, found.sha256, iter(lambda: found.file.read(4096), b""))


def back_up(kept: Kept, source: HeldSource) -> Made:
    return make_backup(kept, source, lambda _: lambda _: None)


def kept_in(folder: Path) -> Kept:
    return Kept(Place(str(folder)))


def dsn_of(engine: str, path: Path) -> str:
    """The DSN of the store that `support.store.opened` opens with the path."""
    return f"duckdb://{path}" if engine == "duckdb" else engines.database(engine, path)


def restore_into(kept: Kept, manifest: Manifest, dsn: str, scratch: Path) -> None:
    place = restoring(dsn)

    def opened(unfinished: str) -> Engine:
        return open_engine(Settings(engine=unfinished), shared=False)

    restore(kept, manifest, place, scratch, lambda _: None, opened)


def record_rows(engine: Engine, scratch: Path) -> list[tuple[RecordKind, pa.Table]]:
    """What is stored of records, as it is in the parts of a backup."""
    path = scratch / "part.parquet"
    found: list[tuple[RecordKind, pa.Table]] = []
    with engine.dumping() as dump:
        for part in dump.parts():
            if part.table in RECORD_TABLES:
                dump.write(part, path)
                found.append((RECORD_TABLES[part.table], pq.read_table(path)))
    return found


def file_of(folder: Path, manifest: Manifest, name: str) -> Path:
    """The file of a part."""
    (part,) = [one for one in manifest.parts if one.name == name]
    return folder / part_file(part.sha256)

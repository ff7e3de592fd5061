"""The product's database of a run, for either of its embedded engines."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ENGINES = ("duckdb", "chdb")
_NAMES = {"duckdb": "bench.db", "chdb": "bench-chdb"}


@dataclass(frozen=True, slots=True)
class Store:
    """A database in a folder of its own, where its server's log goes too."""

    engine: str
    folder: Path

    @property
    def path(self) -> Path:
        """A file for DuckDB, a folder for chDB."""
        return self.folder / _NAMES[self.engine]

    @property
    def dsn(self) -> str:
        """The setting `engine`."""
        return f"{self.engine}://{self.path}"

    def bytes(self) -> int:
        """What it takes on disk, its log of writes included."""
        files = self.path.rglob("*") if self.path.is_dir() else self.folder.glob("bench.db*")
        return sum(file.stat().st_size for file in files if file.is_file())

    def remove(self) -> None:
        """Delete its folder and everything in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def copied(self, name: str) -> Generator["Store"]:
        """A copy in a folder beside, for what changes it; deleted at the end."""
        copy = Store(self.engine, self.folder.with_name(name))
        copy.remove()
        copy.folder.mkdir(parents=True)
        try:
            if self.path.is_dir():
                shutil.copytree(self.path, copy.path, symlinks=True)
            else:
                shutil.copyfile(self.path, copy.path)
            yield copy
        finally:
            copy.remove()

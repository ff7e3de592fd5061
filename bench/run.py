"""What the parts of one run share: its size, its engine, its folders."""

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.builds import Build
from bench.store import Store

HERE = Path(__file__).parent
SMALL = 100_000
"""Calls that parts are content with which measure the server rather than the data."""

BESIDE, POSTGRES = "beside", "postgres"
"""Folders of databases that several parts use: an older build's, and PostgreSQL's."""
_KEPT = ("loaded", BESIDE, POSTGRES)

_STARTED = time.monotonic()


@dataclass(frozen=True, slots=True)
class Run:
    """How many calls on which engine; `seconds` are for what runs for a set time.

    `beside` is an older build to compare with, where one was given. The folders of a run outlast
    it, so that it can be resumed.
    """

    calls: int
    engine: str = "duckdb"
    seconds: int = 60
    beside: Build | None = None

    @property
    def name(self) -> str:
        """`duckdb-10000000`."""
        return f"{self.engine}-{self.calls}"

    @property
    def work(self) -> Path:
        """Where its databases are."""
        return HERE / "work" / self.name

    @property
    def results(self) -> Path:
        """Where each finished part leaves its file."""
        return HERE / "results" / self.name

    @property
    def inputs(self) -> Path:
        """Where the files of synthetic calls are, which runs of other engines use as well."""
        return HERE / "work"

    @property
    def store(self) -> Store:
        """The database of all calls, which the part `load` makes."""
        return self.at("loaded")

    def at(self, name: str) -> Store:
        """The database in a folder of the run."""
        return Store(self.engine, self.work / name)

    def empty(self, name: str) -> Store:
        """The same, with nothing in it."""
        store = self.at(name)
        store.remove()
        store.folder.mkdir(parents=True)
        return store

    def maintain(self) -> None:
        """Delete what no other part needs."""
        for path in self.work.iterdir():
            if path.is_dir() and path.name not in _KEPT:
                shutil.rmtree(path)

    def folder(self, name: str) -> Path:
        """An empty folder of the run."""
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path


def say(text: str) -> None:
    """Tell whoever waits what is going on, beside what is printed as the result."""
    seconds = int(time.monotonic() - _STARTED)
    print(f"[{seconds // 60:3d}:{seconds % 60:02d}] {text}", file=sys.stderr, flush=True)

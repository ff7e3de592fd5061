"""The older build's own database of all calls, and what is said where no older build was given."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.builds import Build
from bench.live import Live, serving
from bench.load import Imported, imported, kept_up
from bench.records import file
from bench.run import BESIDE, Run, say
from bench.store import Store

NONE = "No older build beside: `--beside PATH` names its checkout."


def load(build: Build, store: Store, source: Path) -> tuple[Imported, float]:
    """Import a file with a build and put all in order; what was done, and seconds of the latter.

    The store must be empty.
    """
    say(f"importing with {build.revision}")
    done = imported(store, source, build)
    say(f"callistics {build.maintenance}")
    return done, kept_up(store, build)


def store(run: Run, build: Build) -> Store:
    """What an earlier part has loaded with the build, or the same loaded now."""
    found = run.at(BESIDE)
    if not _is_of(found, build):
        load(build, run.empty(BESIDE), file(run))
        keep(found, build)
    return found


def keep(loaded: Store, build: Build) -> None:
    """Note that the database is complete, and of which revision."""
    (loaded.folder / "revision").write_text(build.revision, encoding="utf-8")


def _is_of(loaded: Store, build: Build) -> bool:
    noted = loaded.folder / "revision"
    return noted.exists() and noted.read_text(encoding="utf-8") == build.revision


@contextmanager
def asked(run: Run) -> Generator[Live | None]:
    """Its server on its own database; None where no older build was given."""
    if run.beside is None:
        yield None
        return
    with serving(store(run, run.beside), build=run.beside) as server:
        yield server

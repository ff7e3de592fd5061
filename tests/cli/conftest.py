"""Running commands in this process, in a folder of their own, far from any real server."""

import os
import shutil
from collections.abc import Callable, Generator
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callistics.cli import main
from support import engines
from support.live import free_port
from support.postgres import MISSING, REASON, Database, running

Run = Callable[..., Result]
Fill = Callable[[str], None]
_NUMBERS = count()


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever engine other tests of this process run servers on."""
    monkeypatch.setattr(engines, "current", "duckdb")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and a machine on which no server runs."""
    for name in [name for name in os.environ if name.startswith("CALLISTICS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CALLISTICS_PORT", str(free_port()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: object, code: int | None = 0, stdin: bytes | None = None) -> Result:
    """Run a command wherever this process is: `invoke("query", "call_count", code=0)`."""
    result = CliRunner().invoke(main, [str(one) for one in arguments], input=stdin)
    assert code is None or result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command in the working directory of the test, as `invoke` does."""
    return invoke


@pytest.fixture(scope="session")
def _imported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with the database that a CSV file is imported into, made once for each text."""

    @cache
    def imported(text: str) -> Path:
        found = tmp_path_factory.mktemp("imported")
        (found / "calls.csv").write_text(text)
        invoke("import", found / "calls.csv", "--engine", f"duckdb:///{found}/callistics.db")
        return found

    return imported


@pytest.fixture
def fill(folder: Path, _imported: Callable[[str], Path]) -> Fill:
    """Put the database of a CSV file into the working directory, as if it had been imported."""

    def fill(text: str) -> None:
        shutil.copytree(_imported(text), folder, dirs_exist_ok=True)

    return fill


@pytest.fixture(scope="session")
def postgres() -> Generator[str]:
    """The address of a PostgreSQL server."""
    if MISSING:
        pytest.skip(REASON)
    with running() as dsn:
        yield dsn


@pytest.fixture
def database(postgres: str) -> Generator[Database]:
    """A database of this test alone."""
    found = Database(postgres, f"t{next(_NUMBERS)}")
    yield found
    found.connection.close()

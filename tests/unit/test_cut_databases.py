"""A database that is cut off is refused when it is opened, not when what is missing is read."""

import shutil
from pathlib import Path

import duckdb
import pytest

from callistics.engines.registry import diagnose, file_dsn, open_engine
from callistics.errors import EngineError
from callistics.settings import Settings
from support.store import opened

CALLS = [
    {
        "call_id": f"c{number}",
        "merchant_id": f"m{number % 7}",
        "reseller_id": "r",
        "started_at": f"2026-01-{number % 28 + 1:02}T10:00:00Z",
        "payload": {"text": f"{number:x}" * 9},
    }
    for number in range(20_000)
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of some MB whose log was moved into it."""
    file = tmp_path_factory.mktemp("whole") / "x.db"
    with opened(path=file) as store:
        store.send("calls", CALLS)
    return file


@pytest.fixture
def database(whole: Path, tmp_path: Path) -> Path:
    for file in whole.parent.iterdir():
        shutil.copy2(file, tmp_path)
    return tmp_path / whole.name


def free_blocks(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        ((free,),) = connection.execute("SELECT free_blocks FROM pragma_database_size()").fetchall()
    return int(free)


def cut(file: Path, size: int) -> bytes:
    with file.open("r+b") as written:
        written.truncate(size)
    return file.read_bytes()


@pytest.mark.parametrize("blocks", [1, 2, 5, 10])
def test_it_is_refused_and_left_as_it_is(database: Path, blocks: int) -> None:
    size = database.stat().st_size - (free_blocks(database) + blocks) * 262_144
    left = cut(database, size)
    for _ in range(2):
        with pytest.raises(EngineError, match=r"x\.db is cut off.*Put a backup in its place"):
            open_engine(Settings(engine=file_dsn(database)))
        assert database.read_bytes() == left
    problems = diagnose(Settings(engine=file_dsn(database))).problems
    assert any("x.db is cut off" in one for one in problems)
    assert database.read_bytes() == left


def test_blocks_that_are_free_are_not_missed(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("DELETE FROM calls")
        connection.execute("CHECKPOINT")
    assert free_blocks(database) > 5
    with opened(path=database) as store:
        assert store.send("calls", CALLS[:10]).stored == 10

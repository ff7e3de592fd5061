"""Backups, restoring and exports as people type them."""

import json
import os
import shutil
import signal
from collections.abc import Iterable
from contextlib import chdir
from pathlib import Path
from typing import Any

import httpx
import pytest
import zstandard

from callistics.backups.place import Place
from callistics.cli.client import Client

from .conftest import Run, invoke

CALLS = [
    {
        "call_id": f"c{number}", "merchant_id": "m", "reseller_id": "r", "lead_id": "l",
        "started_at": f"2025-0{1 + number % 2}-01T09:0{number}:00Z", "duration": 1.5, "cost": 0.1,
        "payload": {"n": number, "text": "é\n"}, "updated_at": "2025-03-01T00:00:00.000001Z",
    }
    for number in range(6)
]  # fmt: skip
LATER = [
    {"call_id": "c1", "merchant_id": "m", "outcome": "SALE", "cost": None, "status": "won",
     "updated_at": "2025-03-02T00:00:00Z"},
    {"call_id": "c2", "merchant_id": "m", "sentiment": 0.1},
    {"call_id": "c3", "merchant_id": "m", "ended_at": "2025-01-01T00:00:00Z", "duration": None,
     "updated_at": "2025-03-02T00:00:00Z"},
    {"call_id": "waits", "merchant_id": "m", "outcome": "SALE"},
]  # fmt: skip
LEADS = [{"lead_id": "l", "merchant_id": "m", "status": "new", "payload": {"city": "Pune"}}]
QUERIES = (("call_duration",), ("status_distribution",), ("call_count", "--group-by", "outcome"))


@pytest.fixture(scope="module")
def _stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the records, and a database that they were imported into."""
    made = tmp_path_factory.mktemp("stored")
    for name, records in (("calls", CALLS), ("later", LATER), ("leads", LEADS)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (made / f"{name}.ndjson").write_text(lines, encoding="utf-8")
    with chdir(made):
        invoke("import", "calls.ndjson", "later.ndjson")
        invoke("import", "--kind", "leads", "leads.ndjson")
    return made


@pytest.fixture
def stored(_stored: Path, folder: Path) -> None:
    """The records and the database in the working directory."""
    shutil.copytree(_stored, folder, dirs_exist_ok=True)


def answers(run: Run, *where: str) -> list[str]:
    asked = [run("query", *query, "--format", "json", *where).stdout for query in QUERIES]
    shown = [run("calls", "show", one["call_id"], *where).stdout for one in CALLS[:2]]
    return [*asked, *shown]


def test_a_backup_is_made_listed_verified_and_restored(
    stored: None, run: Run, folder: Path
) -> None:
    before = answers(run)
    assert "6 calls" in run("backup", "there", "--keep", "1").stdout
    assert "new are 1 of " in run("backup", "make", "there", "--keep", "1").stdout
    listed = run("backup", "list", "there").stdout
    (manifest,) = (folder / "there" / "backups").iterdir()
    assert manifest.stem in listed
    assert "1 backup is whole" in run("backup", "verify", "there").stdout
    new = "duckdb:///" + str(folder / "new.db").lstrip("/")
    for more in ((), ("--backup", manifest.stem), ("--at", "2099-01-01")):
        (folder / "new.db").unlink(missing_ok=True)
        restored = run("restore", "there", "--engine", new, *more)
        assert "Restored 6 calls" in restored.stdout
        for told in ("calls-2025-01", "what is derived from records"):
            assert f"Restoring {told}\n" in restored.stderr
        assert "run `callistics doctor`." in restored.stderr
    assert answers(run, "--engine", new) == before
    # The log goes on where it was: that the backup was restored is its last entry.
    run("audit", "verify", "--engine", new)
    assert manifest.stem in run("audit", "list", "--action", "restored", "--engine", new).stdout
    assert "is there already" in run("restore", "there", "--engine", new, code=1).stderr
    assert (
        "no backup of that time"
        in run("restore", "there", "--engine", f"{new}2", "--at", "2001-01-01", code=1).stderr
    )


def test_damage_ends_with_1(stored: None, run: Run, folder: Path) -> None:
    run("backup", "there")
    next((folder / "there" / "parts").iterdir()).write_bytes(b"?")
    told = run("backup", "verify", "there", code=1).stderr
    assert "is damaged" in told
    assert "1 of the files" in told


def test_a_backup_that_cannot_be_read_is_named_and_passed_over(
    stored: None, run: Run, folder: Path
) -> None:
    run("backup", "there")
    (lost,) = (folder / "there" / "backups").iterdir()
    lost.write_bytes(lost.read_bytes()[:300])
    told = f"{lost.stem} cannot be read: its manifest is cut off"
    assert told in run("backup", "there").stderr
    (whole,) = set((folder / "there" / "backups").iterdir()) - {lost}
    listed = run("backup", "list", "there").stdout
    assert whole.stem in listed
    assert "its manifest is cut off" in listed
    checked = run("backup", "verify", "there", code=1).stderr
    assert told in checked
    assert "1 of the files" in checked


def test_one_that_is_terminated_lets_go_of_the_state(
    stored: None, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    request, write = Client.request, Place.write

    def noted(client: Client, method: str, path: str, **given: Any) -> httpx.Response:
        asked.append((method, path))
        return request(client, method, path, **given)

    def terminated(place: Place, name: str, pieces: Iterable[bytes]) -> None:
        write(place, name, pieces)
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(Client, "request", noted)
        patch.setattr(Place, "write", terminated)
        # As shells have it: 128 and the number of the signal.
        assert run("backup", "there", code=143).stderr == "\nStopped.\n"
    assert [method for method, _ in asked] == ["POST", "DELETE"]
    told = "has no whole backup, but one that was cut off"
    assert told in run("backup", "list", "there", code=1).stderr
    run("backup", "there")


def test_what_cannot_be_is_a_sentence(stored: None, run: Run, folder: Path) -> None:
    (folder / "file").write_bytes(b"")
    (folder / "empty").mkdir()
    for arguments, told in (
        (("backup", "file/x"), "Not a directory"),
        (("backup", "ftp://x/y"), "a folder or to s3://"),
        (("backup", "file"), "file is a file: backups are in a folder"),
        (("restore", "file", "--engine", "duckdb://n.db"), "file is a file"),
        (("backup", "list", "nowhere"), "nowhere is not there"),
        (("backup", "verify", "nowhere"), "nowhere is not there"),
        (("restore", "nowhere", "--engine", "duckdb://n.db"), "nowhere is not there"),
        (("backup", "list", "empty"), "empty has no backup"),
        (("backup", "/proc/none"), "/proc/none cannot be written to (No such file or directory)\n"),
        (("restore", "nowhere", "--backup", "x", "--engine", "duckdb://n.db"), "no id of a backup"),
    ):
        assert told in run(*arguments, code=1).stderr, arguments
    away = ("--engine", "duckdb://away.db")
    for arguments in (("backup", "x", *away), ("export", "--all", "y", *away)):
        told = run(*arguments, code=1).stderr
        assert "name the server with --url, or its settings with CALLISTICS_CONFIG" in told
    assert "Missing argument 'DEST'" in run("backup", code=2).stderr
    shown = " ".join(run("backup", "--help").stdout.split())
    assert "callistics backup make --help" in shown
    run("restore", "nowhere", "--at", "yesterday", code=2)
    run("restore", "nowhere", "--at", "2025-01-01", "--backup", "x", code=2)
    run("export", "x", code=2)


def test_exported_records_are_imported_to_the_same_state(
    stored: None, run: Run, folder: Path
) -> None:
    assert "of calls" in run("export", "--all", "records").stdout
    run("export", "--all", "--format", "parquet", "columns")
    assert "is there already" in run("export", "--all", "records", code=1).stderr
    names = {place: files(folder / place) for place in ("records", "columns")}
    assert set(names["records"]) == {"calls.ndjson.zst", "leads.ndjson.zst"}
    # What was cleared cannot be said in Parquet.
    assert set(names["columns"]) == {"calls-cleared.ndjson.zst", "calls.parquet", "leads.parquet"}
    modes = {file.stat().st_mode & 0o777 for place in names for file in (folder / place).iterdir()}
    assert modes == {0o600}
    for place in names:
        where = ("--engine", f"duckdb://{folder}/{place}.db")
        run("import", f"{place}/calls*", *where)
        run("import", "--kind", "leads", f"{place}/leads*", *where)
        run("export", "--all", f"{place} again", *where)
        assert lines(folder / f"{place} again") == lines(folder / "records")


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def lines(folder: Path) -> list[bytes]:
    """The lines of all files, whose order is that of the rows."""
    found: list[bytes] = []
    for file in folder.iterdir():
        packed = zstandard.ZstdDecompressor().decompressobj()
        found += packed.decompress(file.read_bytes()).splitlines()
    return sorted(found)


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "//[x"),
        ("backup", "list", "http://[x"),
        ("backup", "verify", "http://[x"),
        ("restore", "http://[x", "--engine", "duckdb:///new.db"),
    ],
)
def test_what_is_no_place_is_told(arguments: tuple[str, ...], run: Run) -> None:
    assert "[x: is no folder and no address (" in run(*arguments, code=1).output

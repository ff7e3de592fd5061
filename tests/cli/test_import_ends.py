"""Imports that end early, and those that begin a database."""

import gc
import gzip
import sys
from pathlib import Path

import click
import pytest
import zstandard

from callistics.cli.importing.overwriting import check_not_overwritten

from .conftest import Run
from .test_import_command import CALL, lines


@pytest.mark.parametrize("packing", ["gz", "zst"])
@pytest.mark.parametrize("size", [40, 4_000])
def test_a_packed_table_that_breaks_off_is_told_so(
    run: Run, folder: Path, packing: str, size: int
) -> None:
    """Also where it does so before its header was read, and where nothing is stored."""
    header = ",".join(CALL).encode() + b"\n"
    row = b"c%d,mer_a,res_a,2025-01-15T09:30:00Z,1,X,\n"
    text = header + b"".join(row % number for number in range(size))
    packed = gzip.compress(text) if packing == "gz" else zstandard.compress(text)
    name = f"calls.csv.{packing}"
    (folder / name).write_bytes(packed[: len(packed) // 2])
    for options in ((), ("--dry-run",)):
        result = run("import", name, *options, code=None)
        assert "damaged or cut off" in result.output
        assert "please report" not in result.output


def test_an_import_that_ends_in_the_middle_leaves_nothing_behind(run: Run, folder: Path) -> None:
    row = "c{},mer_a,res_a,{},1,X,\n"
    rows = [row.format(number, "2025-01-15T09:30:00Z") for number in range(2_000)]
    rows[50] = row.format(50, "yesterday")
    (folder / "calls.csv").write_text(",".join(CALL) + "\n" + "".join(rows))
    result = run("import", "calls.csv", "--batch-size", 10, code=1)
    assert "line 52" in result.stderr
    gc.collect()


def test_a_database_that_is_made_is_named(run: Run, folder: Path) -> None:
    (folder / "calls.ndjson").write_text(lines(CALL))
    first = run("import", "calls.ndjson").stderr
    assert "no server answers at http://127.0.0.1:" in first
    assert f"{folder / 'callistics.db'} is new" in first
    assert "is new" not in run("import", "calls.ndjson").stderr
    (folder / "callistics.db").unlink()
    refused = run("import", "calls.ndjson", "--key", "of a server", code=1).stderr
    assert "no server answers at" in refused
    assert not (folder / "callistics.db").exists()


@pytest.mark.parametrize("option", ["--errors-file", "--save-mapping"])
def test_a_file_that_is_read_is_not_written(option: str, run: Run, folder: Path) -> None:
    (folder / "calls.ndjson").write_text(lines(CALL))
    (folder / "same.ndjson").symlink_to("calls.ndjson")
    for name in ("calls.ndjson", "./same.ndjson"):
        told = run("import", "calls.nd*", option, name, code=2).stderr
        assert f"{option} {name.removeprefix('./')} would overwrite calls.ndjson" in told
    assert (folder / "calls.ndjson").read_text() == lines(CALL)


def test_two_options_do_not_write_one_file(run: Run, folder: Path) -> None:
    (folder / "calls.ndjson").write_text(lines(CALL))
    (folder / "out").write_text("")
    options = ("--errors-file", "out", "--save-mapping", "out")
    told = run("import", "calls.ndjson", *options, code=2).stderr
    assert "--save-mapping out would overwrite --errors-file" in told


def test_a_redirected_file_is_not_written(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "calls.ndjson").write_text(lines(CALL))
    with (folder / "calls.ndjson").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        with pytest.raises(click.UsageError, match=r"--errors-file \S+ would overwrite -"):
            check_not_overwritten({"--errors-file": Path("calls.ndjson")}, ["-"])


def test_a_mapping_that_is_not_there_is_told_once(run: Run, folder: Path) -> None:
    (folder / "calls.csv").write_text("call_id\nc\n")
    told = run("import", "calls.csv", "--mapping", "none.toml", code=1).stderr
    assert told == "Error: none.toml: No such file or directory\n"
    (folder / "bytes.toml").write_bytes(b"\xff")
    told = run("import", "calls.csv", "--mapping", "bytes.toml", code=1).stderr
    assert told.startswith("Error: bytes.toml: 'utf-8' codec can't decode byte 0xff")

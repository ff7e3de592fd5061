"""Files that are not what their name says, and places that are no files."""

import bz2
import io
import lzma
import os
import zipfile
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from support.people_files import TENANT
from support.workbooks import workbook

from .conftest import Run

TEXT = "call_id,started_at\na,2025-01-05\nb,2025-01-06\n"
TABLE = pa.table({"call_id": ["a"]})


def packed() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("a.csv", TEXT)
    return target.getvalue()


def written(write: object, **options: str) -> bytes:
    target = io.BytesIO()
    write(TABLE, target, **options)  # pyright: ignore[reportCallIssue]
    return target.getvalue()


NOT_TEXT = {
    "workbook": (workbook({"A": [["a"]]}), "a workbook or a ZIP archive: say --format xlsx"),
    "zip": (packed(), "or unpack it first, only gzip and zstd"),
    "bzip2": (bz2.compress(TEXT.encode()), "packed by bzip2: unpack it first"),
    "xz": (lzma.compress(TEXT.encode()), "packed by xz: unpack it first"),
    "parquet": (written(parquet.write_table), "Parquet: say --format parquet"),
    "arrow": (written(feather.write_feather, compression="uncompressed"), "say --format arrow"),
    "two bytes": (TEXT.encode("utf-16-le"), "every other byte is zero: say --encoding utf-16-le"),
    "two more": (TEXT.encode("utf-16-be"), "every other byte is zero: say --encoding utf-16-be"),
}


@pytest.mark.parametrize("name", NOT_TEXT)
@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_a_file_that_is_no_text(name: str, ending: str, run: Run, folder: Path) -> None:
    data, message = NOT_TEXT[name]
    (folder / f"a.{ending}").write_bytes(data)
    for options in (("--dry-run",), ()):
        shown = run("import", f"a.{ending}", *TENANT, *options, code=1).output
        assert message in shown


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (TEXT.encode("utf-16-le"), ("--encoding", "utf-16-le")),
        (TEXT.encode("utf-32"), ()),
        (TEXT.replace("b,", "b\0,").encode(), ()),
    ],
)
def test_text_of_other_encodings(
    data: bytes, options: tuple[str, ...], run: Run, folder: Path
) -> None:
    (folder / "a.csv").write_bytes(data)
    assert "2 rows. Nothing" in run("import", "a.csv", *TENANT, *options, "--dry-run").stdout


@pytest.mark.parametrize(
    ("data", "message"),
    [(TEXT.encode(), "it is text"), (b" <html>", "it is HTML or XML"), (b"", "it is empty")],
)
def test_a_workbook_that_is_none(data: bytes, message: str, run: Run, folder: Path) -> None:
    (folder / "a.xls").write_bytes(data)
    assert message in run("import", "a.xls", code=1).output


def test_a_folder_and_what_is_not_there(run: Run, folder: Path) -> None:
    (folder / "calls").mkdir()
    assert (
        "is a folder; name its files, such as 'calls/*.csv'"
        in run("import", "calls/", code=1).output
    )
    assert "there is no such file" in run("import", "nothing", code=1).output


def test_a_named_pipe(run: Run, folder: Path) -> None:
    """What a shell makes of <(zcat a.csv.gz) is one too."""
    for name in ("a.csv", "a.parquet"):
        os.mkfifo(folder / name)
    writing = Thread(target=(folder / "a.csv").write_text, args=(TEXT,))
    writing.start()
    assert "2 stored" in run("import", "a.csv", *TENANT).stdout
    writing.join()
    shown = run("import", "a.parquet", code=1).output
    assert "Parquet is read from a file, so it cannot come from a pipe" in shown

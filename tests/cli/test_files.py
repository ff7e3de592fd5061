"""Opening files: format by name, compression by content, damage noticed."""

import gzip
import io
import sys
from pathlib import Path

import pytest
import zstandard

from callistics.files.lines import UnreadableError
from callistics.files.ndjson import json_lines
from callistics.files.open import format_of, open_file

LINES = b"".join(b'{"call_id": "call %d"}\n' % number for number in range(50_000))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("-", "ndjson"),
        ("a.ndjson", "ndjson"),
        ("a.jsonl.gz", "ndjson"),
        ("a.JSON", "ndjson"),
        ("dir.csv/a.b.csv.zst", "csv"),
        ("a.csv", "csv"),
        ("a.parquet", "parquet"),
    ],
)
def test_the_name_tells_the_format(name: str, expected: str) -> None:
    assert format_of(name) == expected


@pytest.mark.parametrize("name", ["a.csv.zip", "a.CSV.BZ2", "a.tgz"])
def test_what_is_packed_otherwise_is_to_be_unpacked(name: str) -> None:
    with pytest.raises(UnreadableError, match="unpack it first: only gzip and zstd"):
        format_of(name)


@pytest.mark.parametrize("name", ["a", "a.txt", "a.gz", ".csv", "a.parqet"])
def test_other_names_tell_none(name: str) -> None:
    with pytest.raises(UnreadableError, match="the name tells no format"):
        format_of(name)


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


PACKED = {
    "plain": LINES,
    "gzip": gzip.compress(LINES),
    "two members": gzip.compress(LINES[:700_000]) + gzip.compress(LINES[700_000:]),
    "zstd": zstd(LINES),
    "two frames": zstd(LINES[:700_000]) + zstd(LINES[700_000:]),
    "a skipped frame": b"\x5f\x2a\x4d\x18\x04\x00\x00\x00none" + zstd(LINES),
    "skipped frames": b"".join(
        b"\x50\x2a\x4d\x18\x01\x00\x00\x00?" + zstd(part)
        for part in (LINES[:700_000], LINES[700_000:])
    ),
    "no size": zstandard.ZstdCompressor(write_content_size=False).compress(LINES),
}


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
def test_content_is_unpacked(tmp_path: Path, packed: bytes) -> None:
    path = tmp_path / "any.ndjson"
    path.write_bytes(packed)
    with open_file(str(path)) as file:
        assert list(file.data) == LINES.splitlines(keepends=True)
        assert file.position() == file.size == len(packed)


@pytest.mark.parametrize("name", ["gzip", "two members", "zstd", "two frames", "no size"])
@pytest.mark.parametrize("cut", [1, 100, 5_000])
def test_a_file_that_breaks_off_is_noticed(tmp_path: Path, name: str, cut: int) -> None:
    path = tmp_path / "any.ndjson"
    path.write_bytes(PACKED[name][:-cut])
    with open_file(str(path)) as file, pytest.raises(UnreadableError, match="damaged or cut off"):
        list(json_lines(file.data))


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "any.ndjson"
    packed = PACKED["gzip"]
    path.write_bytes(packed[:5_000] + b"damage" + packed[5_006:])
    with open_file(str(path)) as file, pytest.raises(UnreadableError, match="damaged or cut off"):
        list(json_lines(file.data))


@pytest.mark.parametrize("content", [b"", b"{", b"\x1f", b"\x28\xb5"])
def test_short_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.ndjson"
    path.write_bytes(content)
    with open_file(str(path)) as file:
        assert file.data.read() == content


def test_standard_input_is_unpacked_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BufferedReader(io.BytesIO(PACKED["zstd"])))
    monkeypatch.setattr(sys, "stdin", pipe)
    with open_file("-") as file:
        assert file.data.read() == LINES
        assert file.size is None

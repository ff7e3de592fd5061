"""What a stream is, however little of it comes at first."""

import gzip
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import zstandard

from callistics.files.lines import UnreadableError
from callistics.files.open import open_file
from callistics.files.sources import opened
from callistics.mapping import RecordMapping

MAPPING = RecordMapping(same_names=True, keeps_blanks=True)
RECORDS = [{"call_id": "a"}, {"call_id": "b"}]
PRINTED = "\n".join(json.dumps(one, indent=1) for one in RECORDS).encode()
ARRAY = json.dumps(RECORDS, indent=1).encode()
TEXTS = {
    "printed": PRINTED,
    "array after blanks": b"\n\n" + ARRAY,
    "array after a mark": b"\xef\xbb\xbf" + ARRAY,
    "utf-16": ARRAY.decode().encode("utf-16"),
    "utf-32": PRINTED.decode().encode("utf-32"),
    "gzip": gzip.compress(ARRAY),
    "zstd": zstandard.compress(PRINTED),
    "parts of gzip": b"".join(gzip.compress(PRINTED[at : at + 1]) for at in range(len(PRINTED))),
    "parts of zstd": zstandard.compress(b"\n") + zstandard.compress(ARRAY),
}


class Pieces(io.RawIOBase):
    """A pipe that gives what was written to it piece by piece, and must not be asked for more."""

    def __init__(self, pieces: Sequence[bytes], *, open_end: bool = False) -> None:
        self._pieces = list(pieces)
        self._open_end = open_end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        assert self._pieces or not self._open_end, "it would wait"
        piece = self._pieces.pop(0) if self._pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def pipe(monkeypatch: pytest.MonkeyPatch, *pieces: bytes, open_end: bool = False) -> None:
    raw = Pieces(pieces, open_end=open_end)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(raw)))


def records(name: str) -> list[object]:
    with opened(name, "ndjson", MAPPING) as source:
        return [json.loads(line.body) for line in source.lines if isinstance(line.body, bytes)]


@pytest.mark.parametrize("first", [1, 2, 3])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_pipe_is_read_like_a_file(
    text: bytes, first: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "whole").write_bytes(text)
    assert records(str(tmp_path / "whole")) == RECORDS
    pipe(monkeypatch, text[:first], text[first : first + 3], text[first + 3 :])
    assert records("-") == RECORDS


def test_the_sign_of_another_format_may_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"P", b"AR1", b"\x15...")
    with pytest.raises(UnreadableError, match="the file is Parquet"):
        records("-")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_pipe_that_has_given_enough_is_not_waited_for(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.dumps({"call_id": "a" * 100}) + "\n"
    text = (line * 1_000).encode(encoding)
    pipe(monkeypatch, text[:10], text[10:100_000], open_end=True)
    with opened("-", "ndjson", MAPPING) as source:
        first = next(source.lines)
    assert first.body == line.strip().encode()


def test_what_comes_before_damage_is_read(tmp_path: Path) -> None:
    text = b'{"call_id": "a"}\n'
    (tmp_path / "cut.gz").write_bytes(gzip.compress(text) + gzip.compress(text)[:-6])
    with open_file(str(tmp_path / "cut.gz")) as file:
        assert file.data.readline() == text
        with pytest.raises(UnreadableError, match="damaged or cut off"):
            file.data.read()

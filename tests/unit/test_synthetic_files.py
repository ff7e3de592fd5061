"""Files of synthetic calls: what is in them is what the generator yields."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import zstandard

from callistics.synthetic import (
    platform,
    write_ndjson,
    write_parquet,
)
from callistics.synthetic.stream import batches
from support.synthetic_records import CALLS, SEED, Record, synthetic_records


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(synthetic_records())


def _merged(records: list[Record]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in records:
        found.setdefault(record["call_id"], {}).update(record)
    return found


def test_merged_lines_say_the_same_as_the_stream(records: list[Record]) -> None:
    lines = [line for batch in batches(CALLS, SEED, merged=True) for line in batch.lines]
    assert {call["call_id"]: call for call in map(json.loads, lines)} == _merged(records)


def test_parquet_holds_the_calls_of_the_stream(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "it's.parquet"
    done: list[int] = []
    write_parquet(path, CALLS, SEED, done.append)
    with duckdb.connect() as connection:
        lines = connection.execute(
            "SELECT to_json(r) FROM (SELECT * REPLACE (epoch_ms(started_at) AS started_at,"
            " epoch_ms(updated_at) AS updated_at) FROM read_parquet($1)) r",
            [str(path)],
        ).fetchall()
    rows = [json.loads(line) for (line,) in lines]
    found = {row["call_id"]: {k: v for k, v in row.items() if v is not None} for row in rows}
    assert len(rows) == CALLS == done[-1]
    assert found == {key: _in_epochs(call) for key, call in _merged(records).items()}


@pytest.mark.parametrize("name", ["calls.ndjson", "calls.ndjson.gz", "calls.ndjson.zst"])
def test_ndjson_holds_the_stream(tmp_path: Path, records: list[Record], name: str) -> None:
    done: list[int] = []
    write_ndjson(tmp_path / name, CALLS, SEED, done.append)
    data = (tmp_path / name).read_bytes()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    elif name.endswith(".zst"):
        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    assert [json.loads(line) for line in data.splitlines()] == records
    assert done == sorted(set(done))
    assert done[-1] == CALLS


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.ndjson.zst"])
def test_compressed_files_are_the_same_bytes_each_time(tmp_path: Path, name: str) -> None:
    write_ndjson(tmp_path / name, 100, 1)
    write_ndjson(tmp_path / f"again.{name}", 100, 1)
    assert (tmp_path / name).read_bytes() == (tmp_path / f"again.{name}").read_bytes()


def test_impossible_arguments_leave_the_file_alone(tmp_path: Path) -> None:
    for path in (tmp_path / "a.ndjson", tmp_path / "a.parquet"):
        write = write_parquet if path.suffix == ".parquet" else write_ndjson
        with pytest.raises(ValueError, match="negative"):
            write(path, -1, 1)
        with pytest.raises(ValueError, match="offset"):
            write(path, 1, 1, until=datetime(2025, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match=r"must end in one of: \.ndjson, "):
        write_ndjson(tmp_path / "a.csv", 1, 1)
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_no_parquet_file(tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_parquet(tmp_path / "a.parquet", 1_000, 1, stop)
    with pytest.raises(duckdb.Error, match="nowhere"):
        write_parquet(tmp_path / "nowhere" / "a.parquet", 1_000, 1)
    assert not list(tmp_path.iterdir())


def _in_epochs(call: Record) -> Record:
    times = {
        name: round(datetime.fromisoformat(call[name]).timestamp() * 1_000)
        for name in ("started_at", "updated_at")
    }
    return call | times


def test_parquet_holds_the_details_too(tmp_path: Path) -> None:
    path = tmp_path / "detailed.parquet"
    write_parquet(path, 500, SEED, detailed=True)
    found = pq.read_table(path)
    nulls = {name: found[name].null_count for name in platform.COLUMNS}
    unanswered = nulls.pop("answered_at")
    assert set(nulls.values()) == {0}
    assert 0 < unanswered < 500

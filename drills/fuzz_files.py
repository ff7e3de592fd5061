"""Readers of files: of records with mappings, mappings themselves, settings, manifests, states."""

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from callistics.backups import manifest
from callistics.backups.manifest import BackupError, Manifest, Part
from callistics.cli.erased_ids import named_in
from callistics.cli.importing.mapping_options import plain_mapping
from callistics.cli.root import Failure
from callistics.cli.syncing.state import Identity, Position, StateFile
from callistics.engines.duckdb.watermark import Mark, note_of, read_mark
from callistics.errors import SettingsError
from callistics.files.lines import Line, UnreadableError
from callistics.files.open import Format
from callistics.files.preview import preview
from callistics.files.sources import opened
from callistics.mapping import (
    Layout,
    MappingError,
    RecordMapping,
    builtin,
    builtin_names,
    read_mapping,
)
from callistics.mapping.write import mapping_text
from callistics.records.decode import parse_record
from callistics.records.field import RecordKind
from callistics.settings import load_settings
from drills.fuzz_loop import Target
from support.decoders import READING, WHOLE
from support.people_files import ALL
from support.preset_files import PRESETS
from support.workbooks import workbook

_MAPPED = """
kind = "calls"
timezone = "Europe/Lisbon"
rest = "payload"
decimal = ","
nulls = ["-", "n/a"]
[fields]
call_id = {from = ["id", "call_id", "uuid"]}
merchant_id = {value = "m"}
reseller_id = {value = "r"}
lead_id = {hash = ["id"]}
started_at = {from = ["start", "started_at", "startedAt"], unit = "ms"}
duration = {from = ["seconds", "duration"], scale = 0.5}
outcome = {from = "outcome", values = {ok = "YES"}, default = "NO"}
"""
_TABLES = (*PRESETS, *(name for name in ALL if ALL[name].name.endswith((".csv", ".tsv"))))


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def _file(data: bytes, ending: str) -> Path:
    path = _folder() / f"input{ending}"
    path.write_bytes(data)
    return path


@cache
def _mappings() -> Sequence[RecordMapping]:
    plain = plain_mapping(RecordKind.CALLS)
    some = [name for name in builtin_names() if name.endswith("-cdr")]
    return (plain, plain_mapping(RecordKind.LEADS), read_mapping(_MAPPED), *map(builtin, some))


def _parsed(line: Line) -> None:
    if line.wrong is None and not line.is_text:
        parse_record(RecordKind.CALLS, line.body, READING)


def _records(format_: Format, mappings: Sequence[RecordMapping]) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        path = str(_file(data, "." + format_))
        for mapping in mappings:
            with suppress(UnreadableError), opened(path, format_, mapping) as source:
                for line in source.lines:
                    _parsed(line)
            with suppress(UnreadableError):
                preview(path, format_, mapping)

    return read


def _mapping(data: bytes) -> None:
    mapping_text(read_mapping(data.decode()))


def _settings(data: bytes) -> None:
    path = _file(data, ".toml")
    load_settings({"CALLISTICS_CONFIG": str(path)})


def _variables(data: bytes) -> None:
    """Settings of the environment: a line each, `NAME=value`."""
    lines = (line.partition("=") for line in data.decode().split("\n"))
    found = {f"CALLISTICS_{name}": value for name, _, value in lines if "\0" not in name + value}
    load_settings({"CALLISTICS_CONFIG": str(_file(b"", ".toml")), **found})


def _erased(data: bytes) -> None:
    named_in(_file(data, ".csv"), "leads", None)


_IDENTITY = Identity("source", "updated_at", ("id",), "calls", "http://a.example")


def _state(data: bytes) -> None:
    StateFile(_file(data, ".json"), _IDENTITY).read()


def _states() -> list[bytes]:
    state = StateFile(_folder() / "state", _IDENTITY)
    state.write(Position("2025-01-01", ("a",)))
    return [state.path.read_bytes()]


def _mark(data: bytes) -> None:
    path = _folder() / "x.db"
    note_of(path).write_bytes(data)
    found = read_mark(path)
    assert found is None or found.text == data


def _manifest(data: bytes) -> None:
    assert manifest.decode(manifest.encode(manifest.decode(data, "a")), "a")


def _manifests() -> list[bytes]:
    parts = tuple(
        Part(table=table, month=month, rows=2, fingerprint="f", size=9, sha256="0" * 64)
        for table, month in (("calls", "2025-01"), ("leads", None))
    )
    whole = Manifest(
        format=1,
        id="20250101T000000Z-00000000",
        created_at="2025-01-01T00:00:00Z",
        product="0.2.0",
        engine="duckdb",
        engine_version="2.0.0",
        schema=10,
        parts=parts,
    )
    return [manifest.encode(whole)]


def _arrow(rows: pa.Table, *, stream: bool) -> bytes:
    target = io.BytesIO()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(target, rows.schema) as writer:
        writer.write_table(rows)
    return target.getvalue()


def _parquet(rows: pa.Table) -> bytes:
    target = io.BytesIO()
    pq.write_table(rows, target)
    return target.getvalue()


def _rows() -> pa.Table:
    records = [WHOLE | {"payload": json.dumps(WHOLE["payload"])}, {"call_id": "d", "duration": 9.5}]
    return pa.Table.from_pylist(records)


def targets() -> list[Target]:
    """All of them."""
    tables = [{**ALL, **PRESETS}[name].data for name in _TABLES]
    documents = [one.data for one in ALL.values() if "json" in one.name]
    books = [one.data for one in ALL.values() if one.name.endswith(".xlsx")]
    books.append(workbook({"a": [["call_id", "started_at"], ["c", 45_000.5], [None, True]]}))
    presets = resources.files("callistics.mapping").joinpath("presets").iterdir()
    texts = [one.read_bytes() for one in presets if one.name.endswith(".toml")]
    mappings, rows = _mappings(), _rows()
    whole = replace(plain_mapping(RecordKind.CALLS), layout=Layout(records=("[].calls[]",)))
    in_json = [*mappings[:3], whole]
    settings = b'timezone = "Europe/Lisbon"\nlead_stages = ["new", "won"]\nport = 8000\n'
    variables = b'PORT=1\nLEAD_STAGES=a,b\nTEMPLATE_LEAD_STAGES={"t": ["new"]}\nCORS_ORIGINS=*'
    return [
        Target("CSV", _records("csv", mappings), tables, ()),
        Target("TSV", _records("tsv", mappings[:3]), tables[:4], ()),
        Target("JSON files", _records("ndjson", in_json), documents, ()),
        Target("Excel", _records("xlsx", mappings[:3]), books, ()),
        Target("Parquet", _records("parquet", mappings[:3]), [_parquet(rows)], ()),
        Target(
            "Arrow",
            _records("arrow", mappings[:3]),
            [_arrow(rows, stream=stream) for stream in (True, False)],
            (),
        ),
        Target(
            "mappings", _mapping, [*texts, _MAPPED.encode()], (MappingError, UnicodeDecodeError)
        ),
        Target("settings, file", _settings, [settings], (SettingsError,)),
        Target("settings, variables", _variables, [variables], (SettingsError, UnicodeDecodeError)),
        Target("ids to erase", _erased, [b"lead_id,merchant_id\nl1,m\n", b"l1\nl2\n"], (Failure,)),
        Target("states of a sync", _state, _states(), (Failure,)),
        Target("notes of the log", _mark, [Mark(1, 2, 3).text], ()),
        Target("manifests", _manifest, _manifests(), (BackupError,)),
    ]

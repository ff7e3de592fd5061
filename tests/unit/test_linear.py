"""What reads input does work in proportion to its size, whatever the input says."""

# pyright: reportArgumentType=false

import gc
import gzip
import io
import json as standard
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import pytest
import zstandard

from callistics.access.requests import parse_key_request
from callistics.analytics.parse import parse_request
from callistics.cli.importing.mapping_options import Said, make_mapping, plain_mapping
from callistics.errors import Refused
from callistics.files.csv import csv_table
from callistics.files.lines import UnreadableError
from callistics.files.mapped import changed, table_mapper
from callistics.files.ndjson import json_lines
from callistics.files.preview import preview_table
from callistics.files.tables import Table, table_lines
from callistics.http.problems import problem_body
from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.decompress import unpack
from callistics.ingest.load import Stored, StoredRecords
from callistics.ingest.merge import merge as merge_batches
from callistics.ingest.receipt import Rejects
from callistics.mapping.mapping import RecordMapping
from callistics.model import json, payload
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.zones import zone
from callistics.problem_types import INVALID_VALUES
from callistics.records.decode import Change, parse_record
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.settings import load_settings
from support import inside

READING = Reading(zone("UTC"), 1_767_225_600_000_000)
CALL = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-15T09:30Z"}
LIMITS = Limits(1 << 26, 1 << 20)
Work = Callable[[], object]


class Counter:
    """How many steps were taken: of the interpreter, and of comparing the texts of the input."""

    steps = 0


class Text(str):
    """A text that counts how often it is compared and hashed, which no trace of code shows."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        Counter.steps += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counter.steps += 1
        return str.__hash__(self)


@contextmanager
def traced() -> Generator[None]:
    def trace(frame: FrameType, *_: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return count

    def count(*_: object) -> None:
        Counter.steps += 1

    before = sys.gettrace()
    # What others have left to be collected is not this work's.
    gc.disable()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
        gc.enable()


WRONG = (Refused, json.NotJsonError, payload.PayloadError, UnreadableError, ValueError)


def steps(work: Work) -> int:
    Counter.steps = 0
    with traced(), suppress(*WRONG):
        work()
    return Counter.steps


def names(size: int, prefix: str = "n") -> list[Text]:
    # Other ones for each size, so that nothing is remembered from one to the next.
    return [Text(f"{prefix}{size}-{place}") for place in range(size)]


def members(size: int, value: object = 1) -> dict[str, Any]:
    return dict.fromkeys(names(size), value)


def ask(**body: Any) -> Work:
    return lambda: inside.QueryReader(
        {"query_type": "call_count", **body}, EVERYTHING, "UTC", 0
    ).query()


def filters(**given: Any) -> Work:
    return ask(filters=given)


def conditions(**given: Any) -> Work:
    return filters(payload_filters=given)


def key(**fields: Any) -> Work:
    body = {"name": "k", "permissions": ["query"], **fields}
    return lambda: parse_key_request(standard.dumps(body).encode(), EVERYTHING, 0)


def record(**fields: Any) -> Work:
    return lambda: parse_record(RecordKind.CALLS, {**CALL, **fields}, READING)


def read(body: bytes, media: str = "application/json") -> Work:
    terms = Terms(RecordKind.CALLS, READING, EVERYTHING, skip=True)
    return lambda: problem_of(decode_batch(body, media, LIMITS, terms))


def problem_of(batch: Batch) -> bytes:
    return problem_body(INVALID_VALUES, "", [one for bad in batch.rejected for one in bad.problems])


def lines(size: int, text: str) -> bytes:
    return "\n".join(text.replace("#", str(place)) for place in range(size)).encode()


NOTHING = StoredRecords({}, {})


def merge(records: list[dict[str, Any]], scope: Scope = EVERYTHING) -> Work:
    def work() -> None:
        changes: list[tuple[int, Change]] = []
        for place, sent in enumerate(records):
            change = parse_record(RecordKind.CALLS, sent, READING)
            assert isinstance(change, Change)
            changes.append((place, change))
        batch = Batch(RecordKind.CALLS, scope, READING, len(changes), changes, Rejects(), skip=True)
        merge_batches(Stored(NOTHING, NOTHING, {}), [batch], 1)

    return work


def statuses(size: int) -> Work:
    return merge([{**CALL, "status": name} for name in names(size)])


def namesakes(size: int) -> Work:
    named = [{**CALL, "merchant_id": name} for name in names(size)]
    nameless = {name: value for name, value in CALL.items() if name != "merchant_id"}
    return merge(named + [nameless] * size)


def table(columns: list[Text], moves: list[str] | None = None, **rules: Any) -> Work:
    def work() -> None:
        made = mapping(tuple(moves or ()), **rules)
        table_mapper(made, columns).record(columns)

    return work


def mapping(moves: tuple[str, ...] = (), **said: Any) -> RecordMapping:
    return make_mapping(plain_mapping(RecordKind.CALLS), Said(moves, **said))


def csv(text: str) -> Work:
    rules = mapping(rest=True)

    def work() -> None:
        table = csv_table(io.BufferedReader(io.BytesIO(text.encode())), rules.layout)
        list(table_lines(table, rules))

    return work


def json_file(text: str) -> Work:
    rules = mapping(("payload.a=x",), rest=True)
    data = io.BufferedReader(io.BytesIO(text.encode()))
    return lambda: list(changed(json_lines(data), rules))


def nested(size: int, depth: int = 20) -> dict[str, Any]:
    inner: Any = list(range(size))
    for _ in range(depth):
        inner = {"a": inner, "b": [inner]} if depth < 3 else {"a": inner}
    return {"deep": inner}


def repeated(size: int) -> Work:
    pairs: list[tuple[str, object]] = [(name, 1) for name in names(size)]
    return lambda: inside.as_pairs([*pairs, (Text(pairs[-1][0]), 2)])


WORK: dict[str, Callable[[int], Work]] = {
    "JSON, a key twice": repeated,
    "JSON, keys": lambda n: lambda: json.decode(standard.dumps(members(n)).encode()),
    "JSON, keys apart": lambda n: lambda: json.decode(b'{"a" :' + b" " * n + b"1}"),
    "JSON, objects": lambda n: lambda: json.decode(standard.dumps([{"a": {}}] * n).encode()),
    "JSON, half pairs": lambda n: lambda: json.decode(rb'["' + rb"\ud800" * n + b'"]'),
    "JSON, cut": lambda n: lambda: json.decode(b'["' + b"\n" * n),
    "JSON, deep": lambda n: lambda: json.decode(b"[" * min(n, 500) + b"1"),
    "payload, keys": lambda n: lambda: payload.canonical_payload(members(n)),
    "payload, fractions": lambda n: lambda: payload.canonical_json(json.decode(b'["1.50"]')) * n,
    "payload, nested": lambda n: lambda: payload.canonical_payload(nested(n)),
    "payload, flat": lambda n: lambda: payload.flat(standard.dumps(members(n, ["a", {}]))),
    "payload, flat and nested": lambda n: lambda: payload.flat(standard.dumps(nested(n))),
    "payload, dots": lambda n: lambda: payload.flat(standard.dumps({"a." * 60: members(n)})),
    "payload, overlaid": lambda n: (
        lambda: payload.overlaid(
            standard.dumps(members(n)), standard.dumps(dict.fromkeys(names(n, "m")))
        )
    ),
    "record, unknown fields": lambda n: record(**members(n)),
    "record, payload": lambda n: record(payload=members(n, 1.5)),
    "record, long texts": lambda n: record(**dict.fromkeys(("lead_id", "started_at"), "x" * n)),
    "records, array": lambda n: read(standard.dumps([CALL] * n).encode()),
    "records, lines": lambda n: read(lines(n, standard.dumps(CALL)), "application/x-ndjson"),
    "records, lines called JSON": lambda n: read(lines(n, standard.dumps(CALL))),
    "records, bad": lambda n: read(lines(n, '{"call_id": 1, "x#": [#]}')),
    "records, no JSON": lambda n: read(lines(n, "{{"), "application/x-ndjson"),
    "records, no array": lambda n: read(b"[" + lines(n, "{},") + b"{]"),
    "records, keys twice": lambda n: read(lines(n, '{"a":1,"a":#}')),
    "merging, statuses of one call": statuses,
    "merging, one id of many merchants": namesakes,
    "merging, one call": lambda n: merge([{**CALL, "outcome": name} for name in names(n)]),
    "unpacking, gzip": lambda n: lambda: unpack(gzip.compress(b"a") * n, "gzip", 1 << 20),
    "unpacking, zstd": lambda n: lambda: unpack(zstandard.compress(b"a") * n, "zstd", 1 << 20),
    "query, body": lambda n: lambda: parse_request(lines(n, '{"a":1,'), EVERYTHING, "UTC", 0),
    "query, unknown fields": lambda n: ask(**members(n)),
    "query, unknown filters": lambda n: filters(**members(n)),
    "query, groups": lambda n: ask(group_by=names(n, "payload.")),
    "query, unknown groups": lambda n: ask(group_by=names(n)),
    "query, names": lambda n: filters(provider=names(n)),
    "query, the same name": lambda n: filters(provider=names(1) * n),
    "query, payload keys": lambda n: conditions(**members(n)),
    "query, payload values": lambda n: conditions(a=names(n)),
    "query, payload operators": lambda n: conditions(a=members(n)),
    "key, unknown fields": lambda n: key(**members(n)),
    "key, permissions": lambda n: key(permissions=names(n)),
    "key, scope": lambda n: key(scope={"merchant_ids": names(n)}),
    "key, unknown scope": lambda n: key(scope=members(n)),
    "settings": lambda n: lambda: load_settings({"CALLISTICS_LEAD_STAGES": ",".join(names(n))}),
    "table, columns": lambda n: table(names(n), rest=True),
    "table, unknown columns": lambda n: table(names(n)),
    "table, dropped columns": lambda n: table(names(n), dropped=names(n)),
    "table, a column twice": lambda n: table([*names(n), *names(n)[-1:]], rest=True),
    "table, a deep column": lambda n: table([Text("payload" + ".a" * n)]),
    "table, mapped columns": lambda n: table(names(n), [f"payload.{x}={x}" for x in names(n)]),
    "table, shown": lambda n: lambda: preview_table(Table(names(n), iter(())), None, mapping()),
    "CSV, rows": lambda n: csv("call_id,a\n" + "1,2\n" * n),
    "CSV, columns": lambda n: csv(",".join(names(n)) + "\n" + ",".join(names(n))),
    "CSV, quotes that close and open": lambda n: csv("call_id,a,b\n" + 'x",y,"z\n' * n),
    "CSV, quotes that are open": lambda n: csv("call_id,a\n" + '1,"x\n' * n),
    "CSV, an open quote": lambda n: csv('call_id,a\n1,"x\n' + "2,x\n" * n),
    "CSV, quotes": lambda n: csv('call_id,a\n1,"' + '""\n' * n + '"'),
    "JSON file, array": lambda n: json_file(standard.dumps([CALL] * n)),
    "JSON file, fields": lambda n: json_file(standard.dumps(members(n))),
}


@pytest.mark.parametrize("name", WORK)
def test_twice_the_input_is_twice_the_work(name: str) -> None:
    # What is made once for all inputs is there after the first.
    steps(WORK[name](50))
    # Now and then a cache that others have filled is emptied in the midst of it, but not twice.
    assert any(is_in_proportion(WORK[name], size) for size in (100, 101))


def is_in_proportion(work: Callable[[int], Work], size: int) -> bool:
    small, middle, large = (steps(work(size * times)) for times in (1, 2, 4))
    # Sorting takes a little more than twice as much.
    return large - middle <= 2.4 * max(middle - small, 3_000)


def test_work_that_grows_with_the_square_is_seen() -> None:
    def work(size: int) -> Work:
        found = names(size)
        return lambda: [name for name in found if found.count(name) > 1]

    assert not any(is_in_proportion(work, size) for size in (100, 101))

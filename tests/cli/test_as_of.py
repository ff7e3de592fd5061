"""`--as-of end`: records without a time of their own are as of the end of their calls."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from callistics.files.mapped import changed
from callistics.mapping.as_of import end_of_call
from callistics.mapping.errors import MappingError
from callistics.mapping.read import read_mapping
from callistics.model.zones import zone
from callistics.records.field import RecordKind

from .conftest import Run
from .reading import from_csv, from_json, records, rules

START = "2025-01-05T10:00:00Z"


@pytest.mark.parametrize(
    ("record", "end"),
    [
        ({"started_at": START, "ended_at": "2025-01-05T10:01:00Z"}, "2025-01-05T10:01:00Z"),
        ({"started_at": START, "duration": 42.5}, "2025-01-05T10:00:42.500000Z"),
        ({"started_at": START, "duration": 42, "ended_at": None}, "2025-01-05T10:00:42Z"),
        ({"started_at": START}, START),
        ({"ended_at": "2025-01-05T10:01:00Z"}, "2025-01-05T10:01:00Z"),
        ({"started_at": "2025-01-05T10:00:00+05:30", "duration": 60}, "2025-01-05T04:31:00Z"),
        ({"sentiment": 1}, None),
        ({"started_at": None, "duration": 5}, None),
        ({"started_at": "yesterday", "duration": 5}, None),
        ({"started_at": START, "duration": "long"}, None),
    ],
)
def test_the_end_of_a_call(record: dict[str, Any], end: str | None) -> None:
    assert end_of_call(record, None) == end
    assert end_of_call(record, zone("UTC")) == end


@pytest.mark.parametrize(
    ("record", "local", "lisbon"),
    [
        (
            {"started_at": "2025-07-05 10:00", "duration": 60},
            *("2025-07-05T10:01:00", "2025-07-05T09:01:00Z"),
        ),
        (
            {"started_at": "2025-10-26 01:59:30", "ended_at": "2025-10-26 01:00:15"},
            *("2025-10-26 01:00:15", "2025-10-26T01:00:15Z"),
        ),
        (
            {"started_at": "2025-10-26 00:59:30", "ended_at": "2025-10-26 01:00:15"},
            *("2025-10-26 01:00:15", "2025-10-26T00:00:15Z"),
        ),
        (
            {"started_at": "2025-07-05 10:00", "ended_at": "2025-07-05 09:00"},
            "2025-07-05 09:00",
            None,
        ),
    ],
)
def test_times_without_an_offset(record: dict[str, Any], local: str, lisbon: str | None) -> None:
    assert end_of_call(record, None) == local
    assert end_of_call(record, zone("Europe/Lisbon")) == lisbon


def test_records_with_a_time_keep_it() -> None:
    found = rules(as_of_end=True)
    text = f"call_id,started_at,duration,updated_at\na,{START},5,\nb,{START},5,2025-02-01\n"
    times = [record["updated_at"] for record in records(from_csv(text, found))]
    assert times == ["2025-01-05T10:00:05Z", "2025-02-01"]
    record = {"call_id": "a", "started_at": START, "updated_at": None}
    (line,) = changed(from_json(json.dumps(record)), found)
    assert records([line])[0]["updated_at"] == START


def test_leads_have_no_end() -> None:
    with pytest.raises(click.UsageError, match="is for calls"):
        rules(as_of_end=True, kind=RecordKind.LEADS)


def test_an_import_as_of_the_end_does_not_win_over_what_came_later(run: Run, folder: Path) -> None:
    call = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": START}
    later = {**call, "outcome": "CONFIRMED", "updated_at": "2025-01-05T12:00:00Z"}
    (folder / "later.ndjson").write_text(json.dumps(later) + "\n")
    (folder / "export.ndjson").write_text(json.dumps({**call, "outcome": "BUSY"}) + "\n")

    def outcome() -> str:
        answer = run("query", "outcome_distribution", "--format", "json").stdout
        return json.loads(answer)["data"][0]["outcome"]

    run("import", "later.ndjson")
    shown = run("import", "export.ndjson", "--as-of", "end").stdout
    assert "Records without updated_at are as of the end of their calls (--as-of end)." in shown
    assert outcome() == "CONFIRMED"
    shown = run("import", "export.ndjson").stdout
    assert "Records without updated_at, as of their arrival" in shown
    assert outcome() == "BUSY"


@pytest.mark.parametrize(
    ("said", "order", "as_of"),
    [
        ({"end": "2025-01-05T11:01:00+01:00"}, 2, "2025-01-05T10:01:00.000002Z"),
        ({"end": "2025-07-05 10:01"}, 2, "2025-07-05T10:01:00.000002"),
        ({"end": "2025-07-05 10:01"}, 0, "2025-07-05 10:01"),
        ({"end": "2025-01-05T10:01:00Z", "at": START}, 999, "2025-01-05T10:00:00.000999Z"),
        ({"at": "yesterday"}, 2, "yesterday"),
        ({}, 2, None),
    ],
)
def test_the_order_of_an_event(said: dict[str, str], order: int, as_of: str | None) -> None:
    fields = 'call_id = "id"\nended_at = "end"\nupdated_at = "at"'
    event = f"[[event]]\nwhen = {{}}\norder = {order}"
    mapping = read_mapping(f"rest = 'drop'\nas_of = 'end'\n[fields]\n{fields}\n{event}")
    (found,) = mapping.map({"id": "c", **said})
    assert found.record is not None
    assert found.record.get("updated_at") == as_of


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[event]]\nwhen = {}\norder = 1", 'order is for as_of = "end"'),
        ("as_of = 'end'\n[[event]]\nwhen = {}\norder = 1.5", "order must be a whole number"),
        ("as_of = 'end'\n[[event]]\nwhen = {}\norder = 1000", "from 0 to 999"),
        ("as_of = 'end'\n[[event]]\nwhen = {}\norder = 1\nignore = true", "leave all else"),
    ],
)
def test_an_order_that_makes_no_sense(text: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        read_mapping(text, "m")

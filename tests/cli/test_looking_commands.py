"""`callistics calls` and `callistics leads` end to end, on a database of their own."""

import csv
import io
import json
from pathlib import Path

import pytest

from callistics.cli.records import BRIEF
from callistics.looking.shape import REACHED
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS

from .conftest import Fill, Run

CALL_FIELDS = [*ALL_FIELDS[RecordKind.CALLS], REACHED]


@pytest.fixture
def filled(run: Run, fill: Fill) -> Run:
    rows = [
        f"c{n},mer_{n % 2},res,2025-01-{n + 1:02d}T10:00:00Z,{'BUSY' if n % 3 else ''},city{n},l{n}"
        for n in range(12)
    ]
    header = "call_id,merchant_id,reseller_id,started_at,outcome,payload.city,lead_id"
    fill("\n".join([header, *rows]))
    return run


def test_a_table_of_calls(filled: Run) -> None:
    shown = filled("calls", "search", "--merchant", "mer_0", "--filter", "outcome=BUSY")
    lines = [line.replace("┃", "│").split("│") for line in shown.stdout.splitlines()]
    assert [one.strip() for one in lines[0]] == list(BRIEF)
    assert [one[2].strip() for one in lines[2:]] == ["c10", "c8", "c4", "c2"]
    assert shown.stderr == ""


def test_a_limit_says_that_more_follow(filled: Run) -> None:
    shown = filled("calls", "search", "--limit", 5, "--format", "json", "--oldest-first")
    calls = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [one["call_id"] for one in calls] == ["c0", "c1", "c2", "c3", "c4"]
    assert shown.stderr.startswith("5 calls, more follow")


def test_csv_is_the_export_of_every_call(filled: Run, folder: Path) -> None:
    (folder / "formula.csv").write_text(
        "call_id,merchant_id,reseller_id,started_at,outcome\n"
        "f,mer_0,res,2025-02-01T10:00:00Z,=1+1\n"
    )
    filled("import", "formula.csv")
    text = filled("calls", "search", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == CALL_FIELDS
    assert [one["call_id"] for one in rows] == ["f", *(f"c{n}" for n in range(11, -1, -1))]
    assert rows[0]["outcome"] == "'=1+1"
    assert rows[1]["payload"] == '{"city":"city11"}'


def test_csv_takes_no_limit(filled: Run) -> None:
    refused = filled("calls", "search", "--format", "csv", "--limit", 5, code=2)
    assert "leave --limit out" in refused.stderr


def test_json_has_a_call_in_each_line(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callistics.cli.commands.calls.MAX_LIMIT", 5)
    shown = filled("calls", "search", "--all", "--format", "json", "--timezone", "Asia/Kolkata")
    calls = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [one["call_id"] for one in calls] == [f"c{n}" for n in range(11, -1, -1)]
    assert calls[0]["started_at"] == "2025-01-12T15:30:00+05:30"
    assert calls[0]["payload"] == {"city": "city11"}


def test_a_call_and_its_lead(filled: Run) -> None:
    fields = filled("calls", "show", "c3").stdout
    assert '{"city":"city3"}' in fields
    exact = json.loads(filled("calls", "show", "c3", "--json").stdout)
    assert list(exact) == CALL_FIELDS
    lead = filled("leads", "show", "l3", "--merchant", "mer_1").stdout
    assert "c3" in lead
    found = json.loads(filled("leads", "show", "l3", "--json").stdout)
    assert [one["call_id"] for one in found["calls"]] == ["c3"]
    assert "no such call" in filled("calls", "show", "c3", "--merchant", "mer_0", code=1).stderr

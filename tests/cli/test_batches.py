"""Batches of lines, the report of bad ones, and the summary."""

import io
import json

import pytest

from callistics.cli.client import Client
from callistics.cli.importing.progress import BadLineReport, as_text, summary
from callistics.cli.importing.sender import Sender, Tally
from callistics.files.lines import Batch, Line, batched
from callistics.records.field import RecordKind

from .receiving import Store, lines


def test_batches_end_at_lines_and_bytes() -> None:
    found = [Line(number, b"x" * 10) for number in range(1, 8)]
    assert [batch.numbers for batch in batched(found, 3, 1_000)] == [[1, 2, 3], [4, 5, 6], [7]]
    assert [batch.numbers for batch in batched(found, 100, 25)] == [[1, 2], [3, 4], [5, 6], [7]]
    assert [batch.numbers for batch in batched(found, 100, 1)] == [[n] for n in range(1, 8)]


def test_a_batch_knows_where_it_is() -> None:
    batch = Batch()
    for line in (Line(4, b"", "wrong"), Line(5, b"{}"), Line(9, b"{}"), Line(12, b"", "wrong")):
        batch.add(line)
    assert (batch.first, batch.last) == (4, 12)


def test_the_report_shows_some_and_keeps_all(capsys: pytest.CaptureFixture[str]) -> None:
    file = io.StringIO()
    file.name = "bad.ndjson"
    report = BadLineReport(file)
    batch = Batch()
    for number in range(1, 31):
        batch.add(Line(number, b"", "broken"))
    report.add("calls.csv", batch.bad)
    report.close()
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "calls.csv, line 1: broken"
    assert shown[20:] == ["… and 10 more bad lines, all of them are in bad.ndjson"]
    kept = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [one["line"] for one in kept] == list(range(1, 31))
    assert kept[0] == {
        "file": "calls.csv",
        "line": 1,
        "errors": [{"pointer": "", "message": "broken", "value": None}],
    }


def test_bad_lines_as_text() -> None:
    sent = next(
        Sender(
            Client("http://host", "k", transport=Store()), RecordKind.CALLS, skip=False
        ).send_all(batched(lines(0, "bad"), 9, 999))
    )
    assert as_text("calls.ndjson", sent.bad[0]) == "calls.ndjson, line 3: duration: wrong"


def test_the_summary() -> None:
    tally = Tally(received=12_000, stored=11_000, unchanged=900, pending=60, rejected=40)
    assert summary(tally, 2.0) == (
        "12,000 received, 11,000 stored, 900 unchanged, 60 pending, 40 rejected (6,000 rows/s)"
    )
    assert summary(Tally(), 0.0).endswith("0 rejected")

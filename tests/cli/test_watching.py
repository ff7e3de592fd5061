"""What an import says of its files at its end."""

import json
from pathlib import Path
from typing import Any

import pytest

from callistics.cli.importing import watching
from callistics.cli.importing.watching import Notes
from callistics.files.lines import Line, batched
from callistics.mapping.mapping import RecordMapping
from callistics.records.field import RecordKind

from .conftest import Run
from .reading import from_csv, rules

CALL = {"call_id": "c", "merchant_id": "m", "started_at": "2025-01-05T10:00:00Z"}
TIMED = {**CALL, "updated_at": "2025-01-05T11:00:00Z"}


def notes(*records: Any, found: RecordMapping | None = None, pending: int = 0) -> list[str]:
    used = found or rules()
    said = Notes(used)
    lines = [Line(n, json.dumps(record).encode()) for n, record in enumerate(records, start=1)]
    for _ in said.watch("f").over(batched(lines, 2, 1_000)):
        continue
    return list(said.lines(pending))


def test_there_is_nothing_to_say_of_ordinary_records() -> None:
    whole = {**TIMED, "status": "won", "outcome": "CONFIRMED"}
    assert notes(whole, {**whole, "call_id": "d"}, whole) == []
    assert notes(7, [], "x", {"call_id": ["c"], "updated_at": "x"}) == []


def test_a_status_without_an_outcome_is_asked_about() -> None:
    (said,) = notes({**TIMED, "status": "no-answer"})
    assert said.startswith("f: status was taken for the status of the lead")
    assert "--map outcome=status" in said
    assert notes({**TIMED, "status": "x"}, {**TIMED, "call_id": "d", "outcome": "y"}) == []
    assert notes({**TIMED, "status": "x"}, found=rules("status=status")) == []
    lead = {"lead_id": "l", "status": "new", "updated_at": "2025-01-05"}
    assert notes(lead, found=rules(kind=RecordKind.LEADS)) == []


@pytest.mark.parametrize(
    ("starts", "zone", "is_said"),
    [
        (["2025-01-05", "2025-01-06T00:00Z", "20250107T000000"], None, True),
        (["2025-01-05T00:00:00+05:30"], None, True),
        (["2025-01-04T18:30:00Z"], "Asia/Kolkata", True),
        (["2025-01-05T00:00:00Z"], "Asia/Kolkata", False),
        (["2025-01-05", "2025-01-06 00:01"], None, False),
        (["yesterday"], None, False),
        ([None], None, False),
    ],
)
def test_starts_that_are_all_midnights(
    starts: list[str | None], zone: str | None, is_said: bool
) -> None:
    records = [{**TIMED, "call_id": str(n), "started_at": start} for n, start in enumerate(starts)]
    said = notes(*records, found=rules(timezone=zone))
    assert [("every call starts at midnight" in one) for one in said] == [True] * is_said


def test_rows_that_contradict_each_other_are_counted_with_their_lines() -> None:
    records = [{**CALL, "attempt": n % 3} for n in range(9)] + [CALL | {"call_id": "d"}] * 2
    said = notes(*records)
    assert said[0].startswith(
        "f: rows that name a call the file had named already, with other values, and were merged"
        " with it: 8, at lines 2, 3, 4, 5, 6, …."
    )
    assert "--map call_id=id+leg" in said[0]


def test_updates_and_other_merchants_are_no_contradiction() -> None:
    update = {**TIMED, "updated_at": "2025-01-05T12:00:00Z", "outcome": "x"}
    assert notes(TIMED, update, {**TIMED, "merchant_id": "n"}) == []
    (said,) = notes(TIMED, {**TIMED, "outcome": "x"})
    assert "with it: 1, at lines 2." in said


def test_only_so_many_rows_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_MOST_ROWS", 2)
    (said,) = notes(TIMED, {**TIMED, "outcome": "x"}, {**TIMED, "outcome": "y"})
    assert "with it: 1 (of the first 2 rows), at lines 2." in said


def test_pending_records_come_last_with_what_no_file_has() -> None:
    said = notes({"call_id": "c", "sentiment": 1}, pending=1)
    assert said[-1] == (
        "Pending, and in no figure until other records bring the required fields that they lack"
        " (none of the files has reseller_id or started_at): 1."
    )
    assert notes({**TIMED, "reseller_id": "r"}, pending=2)[-1].endswith("that they lack: 2.")


def test_three_legs_of_one_call(run: Run, folder: Path) -> None:
    (folder / "cdr.csv").write_text(
        "uuid,leg,started_at,duration,outcome\n"
        "u,1,2025-01-05 10:00:00,5,BUSY\n"
        "u,2,2025-01-05 10:00:10,7,NO_ANSWER\n"
        "u,3,2025-01-05 10:00:20,60,CONFIRMED\n"
    )
    tenant = ("--set", "merchant_id=m", "--set", "reseller_id=r")
    shown = run("import", "cdr.csv", "--map", "call_id=uuid", "--drop", "leg", *tenant).stdout
    assert "cdr.csv: rows that name a call the file had named already" in shown
    assert ": 2, at lines 3, 4." in shown
    shown = run("import", "cdr.csv", "--map", "call_id=uuid+leg", *tenant).stdout
    assert "3 received, 3 stored" in shown
    assert "rows that name" not in shown


def test_a_date_without_its_time(run: Run, folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "call_id,merchant_id,reseller_id,date,time\na,m,r,2025-01-05,10:00\nb,m,r,2025-01-06,11:00\n"
    )
    half = run("import", "calls.csv", "--map", "started_at=date", "--drop", "time").stdout
    assert "calls.csv: every call starts at midnight" in half
    whole = run("import", "calls.csv", "--map", "started_at=date+time").stdout
    assert "midnight" not in whole
    answer = run("query", "hourly_heatmap", "--format", "csv").stdout
    assert "10,1" in answer
    assert "11,1" in answer


def test_a_status_of_calls_in_a_csv_file() -> None:
    found = rules("outcome=status")
    text = "call_id,started_at,updated_at,status\nc,2025-01-05T10:00,2025-01-05T11:00,busy\n"
    said = Notes(found)
    for _ in said.watch("f").over(batched(from_csv(text, found), 9, 999)):
        continue
    assert list(said.lines(0)) == []

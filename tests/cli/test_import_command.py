"""`callistics import` end to end, on a database of its own."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from pyarrow import feather, parquet

from callistics.cli import connect as connecting
from callistics.synthetic import write_ndjson, write_parquet

from .conftest import Run

CALL = {
    "call_id": "c1",
    "merchant_id": "mer_a",
    "reseller_id": "res_a",
    "started_at": "2025-01-15T09:30:00Z",
    "duration": 42.5,
    "outcome": "CONFIRMED",
    "payload": {"city": "Delhi"},
}


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def after_note(told: str) -> str:
    """What follows the note that a database is made."""
    note, _, rest = told.partition("\n")
    assert note.startswith("Note: no server answers")
    return rest


def count(run: Run, *options: str) -> int:
    answer = run("query", "call_count", "--format", "json", *options).stdout
    return int(json.loads(answer)["data"][0]["count"])


def test_a_file_is_loaded_and_again_without_harm(run: Run, folder: Path) -> None:
    write_ndjson(folder / "calls.ndjson.zst", 2_000, 1)
    first = run("import", "calls.ndjson.zst", "--batch-size", 700).stdout
    assert "0 pending, 0 rejected" in first
    assert count(run) == 2_000
    assert " 0 stored" in run("import", "calls.ndjson.zst").stdout
    assert count(run) == 2_000


def test_every_format_gives_the_same_answers(run: Run, folder: Path) -> None:
    write_ndjson(folder / "calls.ndjson", 500, 2)
    write_parquet(folder / "calls.parquet", 500, 2)
    question = ("query", "outcome_distribution", "--group-by", "payload.city", "--format", "json")
    answers: list[str] = []
    for name in ("calls.ndjson", "calls.parquet"):
        engine = f"duckdb://{folder}/{name}.db"
        run("import", name, "--engine", engine)
        answers.append(run(*question, "--engine", engine).stdout)
    assert answers[0] == answers[1]
    assert json.loads(answers[0])["total"] > 10


def test_a_csv_file_of_another_make(run: Run, folder: Path) -> None:
    text = (
        "id;call_time;seconds;City;agent\n"
        "c1;2025-01-15 10:30;42.5;Delhi;7\n"
        "c2;2025-01-15 23:30;;Delhi;7\n"
        "c3;2025-01-16 00:30;10;;8\n"
    )
    (folder / "dialer.csv.gz").write_bytes(gzip.compress(text.encode()))
    options = (
        *("--map", "call_id=id", "--map", "started_at=call_time", "--map", "duration=seconds"),
        *("--map", "payload.city=City", "--set", "merchant_id=mer_a", "--set", "reseller_id=res_a"),
        *("--timezone", "Asia/Kolkata", "--payload-rest"),
    )
    assert "3 received, 3 stored" in run("import", "dialer.csv.gz", *options).stdout
    answer = run("query", "calls_over_time", "--format", "csv").stdout
    assert answer == "date,count\n2025-01-15,3\n"
    assert count(run, "--payload", "city=Delhi") == 2
    assert count(run, "--payload", "agent>=8") == 1
    assert count(run, "--filter", "min_duration=42") == 1


def test_leads(run: Run, folder: Path) -> None:
    lead = {"lead_id": "l1", "merchant_id": "m", "reseller_id": "r", "status": "new"}
    array = json.dumps([lead, {**lead, "lead_id": "l2"}], indent=2)
    (folder / "leads.json").write_text(array)
    run("import", "--kind", "leads", "leads.json")
    answer = run("query", "status_distribution", "--format", "csv").stdout
    assert answer == "status,count,percentage\nnew,2,100.0\n"


def test_from_a_pipe(run: Run) -> None:
    packed = zstandard.ZstdCompressor().compress(lines(CALL).encode())
    assert "1 stored" in run("import", "-", stdin=packed).stdout
    text = "call_id,merchant_id,reseller_id,started_at\nc2,m,r,2025-01-01\n"
    assert "1 stored" in run("import", "-", "--format", "csv", stdin=text.encode()).stdout
    assert count(run) == 2


def test_a_bad_line_stops_the_import(run: Run, folder: Path) -> None:
    bad = {**CALL, "call_id": "c5", "duration": -1}
    good = [{**CALL, "call_id": f"c{n}"} for n in range(8)]
    text = lines(*good[:3]) + "\n" + lines(good[3], bad) + "{oops\n" + lines(*good[4:])
    (folder / "calls.ndjson").write_text(text)
    result = run("import", "calls.ndjson", "--batch-size", 4, code=1)
    assert "4 received, 4 stored" in result.stdout
    shown = after_note(result.stderr).splitlines()
    assert shown[0] == "calls.ndjson, line 6: duration: must not be negative (was -1)"
    assert shown[1].startswith("calls.ndjson, line 7: not JSON")
    assert shown[2].startswith("Error: stopped: nothing of lines 6 to 9 of calls.ndjson was stored")
    assert count(run) == 4


def test_bad_lines_are_left_out_on_demand(run: Run, folder: Path) -> None:
    records = [{**CALL, "call_id": f"c{n}", "attempt": n % 2} for n in range(100)]
    (folder / "calls.ndjson").write_text(lines(*records))
    options = ("--on-error", "skip", "--errors-file", "bad.ndjson")
    result = run("import", "calls.ndjson", *options, code=1)
    assert "100 received, 50 stored, 0 unchanged, 0 pending, 50 rejected" in result.stdout
    assert "… and 30 more bad lines, all of them are in bad.ndjson" in result.stderr
    assert result.stderr.splitlines()[-1] == "Error: 50 bad lines were left out"
    kept = [json.loads(line) for line in (folder / "bad.ndjson").read_text().splitlines()]
    assert [one["line"] for one in kept] == list(range(1, 101, 2))
    assert kept[0]["errors"][0]["pointer"] == "/attempt"
    assert count(run) == 50


def test_pending_records_are_explained(run: Run, folder: Path) -> None:
    late = {"call_id": "c1", "merchant_id": "mer_a", "sentiment": 0.5}
    (folder / "late.ndjson").write_text(lines(late))
    shown = run("import", "late.ndjson").stdout
    assert "1 pending" in shown
    assert shown.splitlines()[-1].startswith("Pending, and in no figure until")
    (folder / "calls.ndjson").write_text(lines(CALL))
    assert "0 pending" in run("import", "calls.ndjson").stdout


def test_a_line_that_is_no_csv_is_left_out_on_demand(run: Run, folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "call_id,merchant_id,reseller_id,started_at,outcome\n"
        "a,m,r,2024-01-26,fine\n"
        'b,m,r,2024-01-27,""x" y"\n'
        "c,m,r,2024-01-28,ok\n"
    )
    result = run("import", "calls.csv", code=1)
    assert after_note(result.stderr).startswith("calls.csv, line 3: not CSV")
    options = ("--on-error", "skip", "--errors-file", "bad.ndjson")
    assert "3 received, 2 stored" in run("import", "calls.csv", *options, code=1).stdout
    (bad,) = (folder / "bad.ndjson").read_text().splitlines()
    assert json.loads(bad)["line"] == 3
    assert count(run) == 2


def test_a_file_that_breaks_off_stores_what_comes_before(run: Run, folder: Path) -> None:
    (folder / "calls.json").write_text(f"[{json.dumps(CALL)}, {{")
    result = run("import", "calls.json", code=1)
    assert "1 stored" in result.stdout
    assert after_note(result.stderr).startswith("Error: calls.json: line 1: not JSON")
    assert result.stderr.endswith("; stored before that: 1\n")


@pytest.mark.parametrize("name", ["calls.ndjson.gz", "calls.ndjson.zst"])
def test_batches_on_their_way_when_a_file_breaks_off_count(
    run: Run, folder: Path, name: str
) -> None:
    write_ndjson(folder / name, 5_000, 1)
    packed = (folder / name).read_bytes()
    (folder / name).write_bytes(packed[: len(packed) * 3 // 4])
    result = run("import", name, "--batch-size", 500, code=1)
    stored = int(result.stdout.split(" stored")[0].split(", ")[-1].replace(",", ""))
    assert stored % 500 != 0
    # Some records are updates of calls that are there already.
    assert 0 < stored - count(run) < stored // 2
    assert "damaged or cut off" in result.stderr
    assert f"; stored before that: {stored:,}" in result.stderr


def test_several_files_are_one_import(run: Run, folder: Path) -> None:
    for n in range(3):
        (folder / f"{n}.ndjson").write_text(lines({**CALL, "call_id": f"c{n}"}))
    assert "3 received, 3 stored" in run("import", *(f"{n}.ndjson" for n in range(3))).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("gone.ndjson",), 1, "gone.ndjson: there is no such file"),
        (("calls.txt",), 1, "the name tells no format"),
        (("calls.csv",), 1, 'calls.csv: columns that calls do not have:\n  "City"'),
        (("calls.csv", "--map", "outcme=City"), 2, 'did you mean "outcome"'),
        (("calls.csv", "--timezone", "Asia/Calcuta"), 2, 'did you mean "Asia/Calcutta"'),
        (("calls.csv", "--delimiter", ";;"), 2, "must be one character"),
        (("calls.csv", "--format", "parquet"), 1, "calls.csv: cannot be read as Parquet"),
        (("-", "--format", "parquet"), 1, "cannot come from a pipe"),
        (("calls.csv", "--engine", "mysql://x"), 1, "no engine for 'mysql'"),
        (("calls.csv", "--engine", "duckdb://x.db", "--url", "http://x"), 2, "exclude each other"),
        ((), 2, "Missing argument"),
    ],
)
def test_mistakes_are_explained(
    run: Run, folder: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    (folder / "calls.csv").write_text("call_id,City\nc,x\n")
    (folder / "calls.txt").write_text("")
    assert message in run("import", *arguments, code=code).stderr


def test_a_name_that_is_wrong_is_said_before_anything_is_stored(run: Run, folder: Path) -> None:
    (folder / "calls.ndjson").write_text(lines(CALL))
    run("import", "calls.ndjson", "gone.ndjson", code=1)
    assert not (folder / "callistics.db").exists()


def test_ctrl_c_ends_cleanly(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(connecting, "server_answers", interrupted)
    (folder / "calls.ndjson").write_text(lines(CALL))
    assert run("import", "calls.ndjson", code=130).stderr == "\nStopped.\n"


def test_a_call_in_the_repeated_hour_keeps_its_length(run: Run, folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "call_id,merchant_id,reseller_id,started_at,ended_at\n"
        "a,m,r,2025-10-26 01:59:30,2025-10-26 02:00:15\n"
        "b,m,r,2025-10-26 01:59:30,2025-10-26 01:00:15\n"
        "c,m,r,2025-10-26 00:59:30,\n"
    )
    (folder / "ends.csv").write_text("call_id,merchant_id,ended_at\nc,m,2025-10-26 01:00:15\n")
    run("import", "calls.csv", "ends.csv", "--timezone", "Europe/Lisbon")
    answer = run("query", "call_duration", "--format", "json").stdout
    (row,) = json.loads(answer)["data"]
    assert (row["count"], row["min"], row["max"]) == (3, 45, 45)


def test_typed_columns_come_to_the_right_figures(run: Run, folder: Path) -> None:
    table = pa.table(
        {
            "call_id": ["a", "b"],
            "merchant_id": ["m", "m"],
            "reseller_id": ["r", "r"],
            "started_at": pa.array([0, 60], pa.timestamp("s", "UTC")),
            "duration": pa.array([90_000_000, None], pa.duration("us")),
            "sentiment": pa.array([0.7, 0.3], pa.float32()),
            "payload.score": pa.array([0.9, None], pa.float32()),
        }
    )
    parquet.write_table(table, folder / "calls.parquet")
    feather.write_feather(table, folder / "calls.feather")
    for name in ("calls.parquet", "calls.feather"):
        run("import", name)
        (row,) = json.loads(run("query", "call_duration", "--format", "json").stdout)["data"]
        assert (row["count"], row["total"]) == (1, 90)
        bins = json.loads(run("query", "sentiment_distribution", "--format", "json").stdout)["data"]
        assert [row["from"] for row in bins if row["count"]] == [0.3, 0.7]
        assert count(run, "--payload", "score=0.9") == 1

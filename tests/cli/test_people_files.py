"""Files as people have them go in, and come to the right figures."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from support.people_files import ALL, IDS, LAYOUTS, TENANT, TIMES, VALUES
from support.workbooks import workbook

from .conftest import Run

NOT_UNDERSTOOD = {
    *(name for name in ALL if "_that_" in name or "without" in name),
    *("day_or_month_first", "day_first_by_a_row", "epochs_of_another_unit", "totals"),
}


def load(run: Run, folder: Path, name: str, *options: str, code: int = 0) -> str:
    given = ALL[name]
    (folder / given.name).write_bytes(given.data)
    return run("import", given.name, *given.options, *options, code=code).output


@pytest.mark.parametrize("name", ALL)
def test_a_dry_run_tells_what_is_not_understood(name: str, run: Run, folder: Path) -> None:
    shown = load(run, folder, name, "--dry-run")
    is_clear = "Not understood" not in shown and "What would help" not in shown
    assert is_clear == (name not in NOT_UNDERSTOOD)


@pytest.mark.parametrize("name", ["two_columns", "records_of_a_document", "workbook", "utf_16"])
def test_what_is_understood_goes_in_whole(name: str, run: Run, folder: Path) -> None:
    shown = load(run, folder, name)
    assert " 0 pending, 0 rejected" in shown
    assert " 0 received" not in shown


def test_empty_rows_are_counted(run: Run, folder: Path) -> None:
    assert "a.csv: empty rows, left out: 2." in load(run, folder, "separator_line")


def test_ids_that_were_made_up_are_said(run: Run, folder: Path) -> None:
    shown = load(run, folder, "made_up")
    assert "a.csv: call_id was made of started_at, from, to: rows that are the same" in shown


def test_a_batch_of_json_is_taken_apart_where_it_has_to_be(run: Run, folder: Path) -> None:
    call = {"merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-05T10:00:00Z"}
    records = [
        {**call, "call_id": "plain", "duration": 1},
        {**call, "call_id": 42, "duration": "67", "direction": "Incoming"},
        {**call, "call_id": "slashes", "started_at": "2025/1/5 10:00", "sentiment": "85%"},
    ]
    (folder / "a.ndjson").write_text("".join(json.dumps(one) + "\n" for one in records))
    assert "3 stored" in run("import", "a.ndjson").stdout
    (row,) = json.loads(run("query", "call_duration", "--format", "json").stdout)["data"]
    assert (row["count"], row["total"]) == (2, 68)
    (folder / "b.ndjson").write_text(json.dumps({**call, "call_id": 7, "started_at": 1736071200}))
    shown = run("import", "b.ndjson", code=1).output
    assert "line 1: started_at: 1736071200 has no unit: s since 1970 would make it 2025-01" in shown


def test_numbers_for_ids_in_parquet(run: Run, folder: Path) -> None:
    table = pa.table(
        {"call_id": [42, 43], "started_at": ["2025-01-05", "2025-01-06"], "lead_id": [7.0, None]}
    )
    parquet.write_table(table, folder / "a.parquet")
    shown = run("import", "a.parquet", "--dry-run", *TENANT).stdout
    assert '"call_id":"42","started_at":"2025-01-05","lead_id":"7"' in shown
    assert "2 stored" in run("import", "a.parquet", *TENANT).stdout
    assert "7" in run("calls", "show", "42").stdout


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"call_id,started_at\na,2025-01-05\nb,20", ""),
        ("a.csv", b'call_id,started_at\na,2025-01-05\nb,"20', "the file ends in it: if it was cut"),
        ("a.csv", b"call_id,started_at\na,2025-01-05\nb", "the file ends in it: if it was cut"),
        ("a.json", b'[{"call_id": "a"}, {"call_id"', "if the file was cut off, fetch it again"),
        ("a.json", b'{\n"call_id": "a",\n', "if the file was cut off, fetch it again"),
        ("a.xlsx", workbook({"a": [["call_id"]]})[:300], "if it was cut off, fetch it again"),
        ("a.xlsx", workbook({"a": []}), 'the sheet "a" has no rows: choose another with --sheet'),
        ("a.xlsx", b"call_id", "cannot be read as a workbook"),
        ("a.parquet", b"PAR1", "cannot be read as Parquet"),
    ],
)
def test_broken_files_say_what_to_do(
    name: str, data: bytes, message: str, run: Run, folder: Path
) -> None:
    (folder / name).write_bytes(data)
    assert message in run("import", name, *TENANT, code=1).output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--sheet", "Call"), '--sheet: there is no sheet "Call", did you mean "Calls"?'),
        (("--sheet", "Notes"), "columns that calls do not have"),
        (("--map", "outcome=a", "--map", "outcome=b"), "--map names outcome twice"),
        (("--unit", "duration=sec"), "the unit of duration is one of s, ms"),
        (("--unit", "outcome=s"), "outcome has no unit"),
        (("--unit", "outcom=s"), 'no field outcom, did you mean "outcome"?'),
        (("--time-format", "started_at=%d"), "does not say day, month and year"),
        (("--value", "direction=in"), "must look like direction:incoming=inbound"),
        (("--scale", "cost=much"), "--scale: much is no number"),
        (("--decimal", "x"), "'x' is not one of '.', ','"),
        (("--encoding", "utf-99"), 'there is no encoding "utf-99"'),
        (("--encoding", "rot13"), 'there is no encoding "rot13"'),
        (("--encoding", "undefined"), 'there is no encoding "undefined"'),
        (("--columns", "a,,b"), "--columns: a name is empty"),
        (("--columns", "a,b,a"), '--columns names "a" twice'),
        (("--map", "call_id=@hash()"), "must look like @hash(started_at,from,to)"),
        (("--mapping", "none.toml"), "none.toml"),
        (("--set", "direction=in", "--unit", "direction=s"), "set to one value"),
        (("--delimiter", ";"), "--delimiter has no effect on files of the format xlsx"),
        (("--records", "calls[]"), "--records has no effect"),
        (("--encoding", "latin-1"), "--encoding has no effect"),
    ],
)
def test_options_that_do_not_fit(
    options: tuple[str, ...], message: str, run: Run, folder: Path
) -> None:
    given = LAYOUTS["workbook"]
    (folder / given.name).write_bytes(given.data)
    with_sheet = options if "--sheet" in options else ("--sheet", "Calls", *options)
    shown = run("import", given.name, *with_sheet, *TENANT, code=None).output
    assert message in shown


def test_a_mapping_that_works_is_kept(run: Run, folder: Path) -> None:
    chosen = {**TIMES, **VALUES, **IDS, **LAYOUTS}
    for name in ("two_columns", "minutes", "decimal_commas", "records_of_a_document", "made_up"):
        given = chosen[name]
        (folder / given.name).write_bytes(given.data)
        first = run("import", given.name, *given.options, "--dry-run", "--save-mapping", "m.toml")
        again = run("import", given.name, "--mapping", "m.toml", "--dry-run")
        assert again.stdout == first.stdout
        assert "Not understood" not in first.stdout


def test_a_dry_run_needs_no_server_and_stores_nothing(run: Run, folder: Path) -> None:
    load(run, folder, "legs", "--dry-run", "--url", "http://127.0.0.1:1")
    assert [file.name for file in folder.iterdir()] == ["a.csv"]


def test_an_option_that_one_of_several_files_is_read_by_is_taken(run: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("call_id;started_at;a\nc;2025-01-05;,\n")
    (folder / "b.ndjson").write_text('{"call_id": "d", "started_at": "2025-01-05"}\n')
    both = ("a.csv", "b.ndjson", "--delimiter", ";", "--drop", "a", *TENANT, "--dry-run")
    assert "b.ndjson: JSON" in run("import", *both).stdout
    shown = run("import", *both[1:], code=2).output
    assert "--delimiter has no effect on files of the format ndjson" in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('reads = "cvs"', 'reads: there is no format "cvs", only ndjson, csv'),
        ('delimiter = "ab"', "delimiter must be one character"),
        ("delimiter = '\"'", "and neither a quote nor the end of a line"),
        ('reads = "csv"\nsheet = "A"', "sheet has no effect on files of the format csv"),
        ('reads = "parquet"\nskip_last = 1', "skip_last has no effect on files of the format"),
        ("[fields.cost]\nfrom = 'a'\nscale = nan", "nan is no number that a mapping can use"),
        ("[fields]\ncost = { value = inf }", "inf is no number that a mapping can use"),
        ("[fields.cost]\nfrom = 'a'\nscale = 1e99999", "1e99999 is no number"),
        (f"skip_lines = {'7' * 5_000}", "not TOML: "),
        ("event = [1, 2]", "event must be a list of tables"),
        ('[fields]\nouttcome = "x"', 'no field outtcome, did you mean "outcome"?'),
    ],
)
def test_a_mapping_that_makes_no_sense(text: str, message: str, run: Run, folder: Path) -> None:
    (folder / "m.toml").write_text(text)
    (folder / "a.csv").write_text("")
    shown = run("import", "a.csv", "--mapping", "m.toml", code=1).output
    assert f"m.toml: {message}" in shown or (message in shown and "m.toml: " in shown)


def test_a_column_whose_values_are_refused_is_not_said_to_be_missing(
    run: Run, folder: Path
) -> None:
    (folder / "a.csv").write_text("call_id,When\nc1,5/1/2025 10:00\nc2,6/1/2025 11:00\nc3,\n")
    shown = run("import", "a.csv", "--map", "started_at=When", *TENANT, "--dry-run").stdout
    assert "no value of When could be taken for it" in " ".join(shown.split())
    assert "--map started_at=COLUMN" not in shown
    assert "--time-format started_at='%d/%m/%Y %H:%M'" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("text", "options", "advice"),
    [
        ("lead_id,created_at\nx,2025-01-05", (), "(created_at, lead_id): --kind leads, if"),
        ("call_id,cost\nx,1", ("--kind", "leads"), "(call_id, cost): --kind calls, if"),
    ],
)
def test_records_of_the_other_kind_are_recognized(
    text: str, options: tuple[str, ...], advice: str, run: Run, folder: Path
) -> None:
    (folder / "a.csv").write_text(text)
    shown = " ".join(run("import", "a.csv", *options, *TENANT, "--dry-run").stdout.split())
    assert advice in shown
    # All of them would be one record.
    assert "_id=VALUE" not in shown
    assert "_id='@hash(COLUMN,COLUMN)'" in shown

"""`callistics erase`: by ids or a file, on a database or a server."""

from pathlib import Path

import pytest

from .conftest import Fill, Run

HEADER = "call_id,merchant_id,reseller_id,started_at,lead_id"


@pytest.fixture
def filled(run: Run, fill: Fill) -> Run:
    """Twelve calls of six leads, of two merchants."""
    rows = [
        f"c{number},mer_{number % 2},res,2025-01-0{1 + number % 9}T10:00:00Z,l{number % 6}"
        for number in range(12)
    ]
    fill("\n".join([HEADER, *rows]))
    return run


def count(run: Run) -> str:
    return run("query", "call_count", "--format", "csv").stdout.split()[-1]


def test_leads_go_with_their_calls(filled: Run) -> None:
    dry = filled("erase", "l1", "l2", "nobody", "--dry-run")
    assert dry.stdout == "2 leads and 4 calls would be erased, 1 not found\n"
    assert count(filled) == "12"
    erased = filled("erase", "l1", "l2", "nobody", "--yes")
    assert erased.stdout == "2 leads and 4 calls erased, 1 not found\n"
    for more in (("--yes",), ("--dry-run",)):
        again = filled("erase", "l1", *more, code=1)
        assert again.stdout.startswith("0 leads and 0 calls ")
        assert again.stdout.endswith("erased, 1 not found\n")
        assert "it was mistyped, or erased before" in again.stderr
    assert count(filled) == "8"


def test_a_dry_run_says_which_calls_it_does_not_count(filled: Run, folder: Path) -> None:
    rows = "t0,mer_0,res,2025-01-01T10:00:00Z,l0,true\np0,mer_0,,,l0,\n"
    (folder / "more.csv").write_text(f"{HEADER},test\n{rows}")
    filled("import", "more.csv")
    dry = filled("erase", "l0", "--dry-run")
    assert dry.stdout == "1 lead and 2 calls would be erased, 0 not found\n"
    assert "those that are pending or tests are not counted here" in dry.stderr
    assert "1 lead and 4 calls erased" in filled("erase", "l0", "--yes").stdout
    assert not filled("erase", "--calls", "c1", "--dry-run").stderr
    assert "Note" not in filled("erase", "nobody", "--dry-run", code=1).stderr


def test_who_does_not_say_yes_is_asked(filled: Run) -> None:
    refused = filled("erase", "--calls", "c3", stdin=b"n\n", code=1)
    assert "Erase 1 call for good?" in refused.stderr
    agreed = filled("erase", "--calls", "c3", stdin=b"y\n")
    assert agreed.stdout.endswith("1 call erased, 0 not found\n")
    assert count(filled) == "11"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("l0\nl3\n", "2 leads and 4 calls"),
        ("lead_id,merchant_id\nl0,mer_0\nl3,mer_0\n", "1 lead and 2 calls"),
        ("\ufeffmerchant_id,call_id\nmer_0,c0\nmer_0,c0\nmer_1,c1\n", "0 leads and 2 calls"),
    ],
)
def test_a_file_names_them(filled: Run, folder: Path, text: str, told: str) -> None:
    (folder / "ids.csv").write_text(text, encoding="utf-8")
    assert told in filled("erase", "--file", "ids.csv", "--yes").stdout
    # A file may be given again.
    assert "0 leads and 0 calls" in filled("erase", "--file", "ids.csv", "--yes").stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lead_id,call_id\nl0,c0\n", "must name lead_id or call_id"),
        ("lead_id,name\nl0,Ada\n", "unknown column 'name'"),
        ("lead_id,merchant_id\nl0\n", "row 2: has no lead_id"),
        ("l0,mer_0\n", "row 1: has no lead_id"),
        ("Lead_ID\nl0\n", "'Lead_ID' is no header that is known: write it as lead_id or"),
        ("lead_id;merchant_id\nl0;mer_0\n", "with commas between the cells of every row"),
        ("merchant_id\tcall_id\nmer_0\tc0\n", "is no header that is known"),
        ('"lead id|merchant id"\nl0|mer_0\n', "is no header that is known"),
    ],
)
def test_a_file_that_says_something_else_is_refused(
    filled: Run, folder: Path, text: str, told: str
) -> None:
    (folder / "ids.csv").write_text(text)
    assert told in filled("erase", "--file", "ids.csv", "--yes", code=1).stderr
    assert count(filled) == "12"


def test_a_file_of_leads_is_no_file_of_calls(filled: Run, folder: Path) -> None:
    (folder / "ids.csv").write_text("lead_id\nl0\n")
    refused = filled("erase", "--calls", "--file", "ids.csv", "--yes", code=2)
    assert "ids.csv has a column lead_id, so it names leads: leave --calls out" in refused.stderr
    assert count(filled) == "12"
    (folder / "ids.csv").write_text("call_id\nc0\n")
    assert "1 call erased" in filled("erase", "--calls", "--file", "ids.csv", "--yes").stdout


def test_it_takes_some_ids(run: Run) -> None:
    assert "name the ids" in run("erase", code=2).stderr


def test_an_ambiguous_id_is_named(filled: Run, folder: Path) -> None:
    (folder / "more.csv").write_text(f"{HEADER}\nc0,mer_1,res,2025-01-01T10:00:00Z,x\n")
    filled("import", "more.csv")
    refused = filled("erase", "--calls", "c0", "c2", "--yes", code=1)
    assert "c0: 422" in refused.stderr
    assert "1 call erased" in refused.stdout
    told = filled("erase", "--calls", "c0", "--merchant", "mer_1", "--yes").stdout
    assert told.startswith("0 leads and 1 call erased")


def test_the_file_of_the_database_has_nothing_of_it(filled: Run, folder: Path) -> None:
    secret = "secret-of-a-person"
    row = f"{secret},mer_0,res,2025-01-01T10:00:00Z,{secret}"
    (folder / "more.csv").write_text(f"{HEADER}\n{row}\n")
    filled("import", "more.csv")
    database = folder / "callistics.db"
    assert secret.encode() in database.read_bytes()
    (folder / "more.csv").unlink()
    filled("erase", secret, "--yes")
    files = [one for one in folder.rglob("*") if one.is_file()]
    assert not [one for one in files if secret[:12].encode() in one.read_bytes()]

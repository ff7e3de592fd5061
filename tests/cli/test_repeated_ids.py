"""What a dry run says of records that name what the file has named before."""

import json
from pathlib import Path

import pytest

from support.people_files import TENANT

from .conftest import Run

SAME = "a,2025-01-05,60\n"


def shown(run: Run, folder: Path, rows: str, *options: str, header: str = "") -> str:
    (folder / "a.csv").write_text(f"call_id,started_at,duration{header}\n{rows}")
    return run("import", "a.csv", *TENANT, *options, "--dry-run").stdout


def test_each_id_once(run: Run, folder: Path) -> None:
    assert "Named more than once" not in shown(run, folder, f"{SAME}b,2025-01-05,60\n")


def test_rows_that_say_something_else(run: Run, folder: Path) -> None:
    found = shown(run, folder, f"{SAME}b,2025-01-05,1\na,2025-01-05,61\n{SAME}")
    said = (
        "2 of 4 rows name a call that the file has named before, and will be merged with it:"
        " 2 calls in all. The first is line 4, call_id a, as in line 2."
    )
    assert said in found
    assert "1 say the same again, and change nothing." in found
    assert "nothing says which is newer" in found
    assert "make the id of several columns: --map call_id=id+leg" in found
    stored = run("import", "a.csv", *TENANT).stdout
    assert "4 received" in stored
    (row,) = json.loads(run("query", "call_count", "--format", "json").stdout)["data"]
    assert row["count"] == 2


def test_rows_that_say_when(run: Run, folder: Path) -> None:
    rows = "a,2025-01-05,60,2025-01-06\na,2025-01-05,61,2025-01-07\n"
    found = shown(run, folder, rows, header=",updated_at")
    assert "the value with the newest updated_at stays, field by field" in found
    assert "nothing says which is newer" not in found


def test_rows_that_say_the_same(run: Run, folder: Path) -> None:
    found = shown(run, folder, f"{SAME}{SAME}")
    assert "1 say the same again, and change nothing." in found
    assert "id+leg" not in found
    assert "Where they differ" not in found


def test_pages_of_which_each_begins_one_call_later(run: Run, folder: Path) -> None:
    """As vonage-voice 1.5.1 gives: findings/the-next-page-begins-at-the-next-call.sh."""
    pages = "".join(f"{n},2025-01-05,60\n" for first in range(5) for n in range(first, first + 4))
    assert "12 of 20 rows" in shown(run, folder, pages)
    run("import", "a.csv", *TENANT)
    (row,) = json.loads(run("query", "call_duration", "--format", "json").stdout)["data"]
    assert (row["count"], row["total"]) == (8, 8 * 60)


@pytest.mark.parametrize("other", ["mer_b", "mer_a"])
def test_calls_of_other_merchants_are_others(other: str, run: Run, folder: Path) -> None:
    call = {"call_id": "a", "merchant_id": "mer_a", "reseller_id": "r", "started_at": "2025-01-05"}
    records = [call, {**call, "merchant_id": other}]
    (folder / "a.json").write_text(json.dumps(records))
    found = run("import", "a.json", "--dry-run").stdout
    assert ("Named more than once" in found) == (other == "mer_a")

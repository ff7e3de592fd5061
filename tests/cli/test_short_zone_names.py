"""Times with the short name of a zone, which is another zone to each reader."""

import json
from pathlib import Path

import pytest

from support.people_files import TENANT

from .conftest import Run

TIME = "2026-07-01 12:00:00"
# What noon of 1 July is in UTC: to DuckDB 2.0 (`read_csv`) and to the mail dates of Python 3.11.
# See findings/noon-in-london-is-noon-in-dhaka.sh.
READ = {
    "BST": ("06:00", "no zone"),
    "IST": ("06:30", "no zone"),
    "AST": ("20:00", "16:00"),
    "EST": ("17:00", "17:00"),
    "EDT": ("text", "16:00"),
    "CST": ("17:00", "18:00"),
    "PST": ("19:00", "20:00"),
}


def written(folder: Path, zone: str) -> str:
    (folder / "calls.csv").write_text(f"call_id,started_at\na,{TIME} {zone}\n")
    return "calls.csv"


@pytest.mark.parametrize("zone", READ)
def test_it_is_refused(zone: str, run: Run, folder: Path) -> None:
    for options in ((), ("--timezone", "Europe/London")):
        done = run("import", written(folder, zone), *TENANT, *options, code=1)
        assert f'(was "{TIME} {zone}")' in done.output


def test_a_format_that_has_the_name_as_its_text_leaves_the_zone_to_its_option(
    run: Run, folder: Path
) -> None:
    options = ("--time-format", "started_at=%Y-%m-%d %H:%M:%S BST", "--timezone", "Europe/London")
    run("import", written(folder, "BST"), *TENANT, *options)
    (call,) = run("calls", "search", "--format", "json", "--timezone", "UTC").stdout.splitlines()
    assert json.loads(call)["started_at"] == "2026-07-01T11:00:00+00:00"

"""A record field is one declaration, and a migration for each engine: adding it is all there is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .tree import ROOT

DECLARATION = """
    RecordField(
        "campaign",
        BOTH,
        TEXT,
        "The campaign that the record is a part of.",
        "spring",
        filter="The campaign.",
        group="The campaign.",
    ),
)


def _of("""
MIGRATION = """from callistics.engines.{engine}.operations import AddColumn

TABLES = ("calls", "calls_held", "lead_records", "leads")
OPERATIONS = tuple(AddColumn(table, "campaign", "{kind}") for table in TABLES)
"""
KINDS = {"duckdb": "VARCHAR", "clickhouse": "Nullable(String)"}
ASK = """
import json
import sys

sys.path[:0] = [{tests!r}, {scripts!r}]
import reference
from callistics.cli.query_body import filter_value
from callistics.http import openapi
from support.store import opened

found = {{}}
call = {{"merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01T00:00:00Z"}}
for engine in ("duckdb", "chdb"):
    with opened(engine) as store:
        names = ["spring", "spring", "autumn", None]
        few = [call | {{"call_id": f"c{{n}}", "campaign": name}} for n, name in enumerate(names)]
        store.send("calls", few)
        # Many at a time are decoded as columns.
        many = [call | {{"call_id": f"d{{n}}", "campaign": "winter"}} for n in range(100)]
        store.send("calls", many)
        lead = {{"merchant_id": "m", "reseller_id": "r", "created_at": "2025-01-01T00:00:00Z"}}
        store.send("leads", [lead | {{"lead_id": "c0", "campaign": "summer"}}])
        found[engine] = [
            store.rows("call_count", group_by=["campaign"]),
            store.rows("call_count", filters={{"campaign": ["spring", None]}}),
            store.rows("call_count", filters={{"campaign": "winter"}}),
            # A lead's own record counts before its call's, which counts before nothing.
            store.rows("status_distribution", filters={{"campaign": ["summer", "autumn"]}}),
        ]
document = openapi.build()
schemas = document["components"]["schemas"]
found["openapi"] = ["campaign" in schemas[name]["properties"] for name in ("Call", "Filters")]
pages = reference.pages()
names = ("records.md", "filters.md", "grouping.md")
found["docs"] = ["| `campaign` |" in pages[name] for name in names]
found["cli"] = filter_value("campaign", "spring")
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a copy of the product with one more field answers."""
    source = tmp_path_factory.mktemp("field") / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    fields = source / "callistics" / "records" / "fields.py"
    text = fields.read_text(encoding="utf-8")
    assert text.count("\n)\n\n\ndef _of(") == 1
    fields.write_text(text.replace("\n)\n\n\ndef _of(", DECLARATION), encoding="utf-8")
    for engine, kind in KINDS.items():
        folder = source / "callistics" / "engines" / engine / "migrations"
        number = 1 + len([*folder.glob("*[0-9]_*.sql"), *folder.glob("m[0-9]*.py")])
        migration = MIGRATION.format(engine=engine, kind=kind)
        (folder / f"m{number:04}_campaign.py").write_text(migration, encoding="utf-8")
    script = ASK.format(tests=str(ROOT / "tests"), scripts=str(ROOT / "scripts"))
    environment = {**os.environ, "PYTHONPATH": str(source)}
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=source.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    result: dict[str, object] = json.loads(answer.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("engine", ["duckdb", "chdb"])
def test_it_is_stored_grouped_by_and_filtered_by(found: dict[str, object], engine: str) -> None:
    assert found[engine] == [
        [
            {"campaign": "autumn", "count": 1},
            {"campaign": "spring", "count": 2},
            {"campaign": "winter", "count": 100},
            {"campaign": None, "count": 1},
        ],
        [{"count": 3}],
        [{"count": 100}],
        [{"status": None, "count": 2, "percentage": 100.0}],
    ]


def test_it_is_described(found: dict[str, object]) -> None:
    assert found["openapi"] == [True, True]
    assert found["docs"] == [True, True, True]


def test_the_command_line_knows_it(found: dict[str, object]) -> None:
    assert found["cli"] == "spring"


def test_no_other_file_knows_it() -> None:
    files: list[Path] = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.sql")]
    assert not [path for path in files if 'campaign"' in path.read_text(encoding="utf-8")]

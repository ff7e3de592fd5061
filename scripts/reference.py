"""Write the reference pages of the documentation from what the product defines.

`python scripts/reference.py` writes docs/reference/, `--check` writes nothing, names the pages that
differ and then ends with 1. As a hook of mkdocs it lists the pages in the navigation. The answers
shown are real: each example request is put to the product, over the records of `example_records`.
"""

import json
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import reference_lists as lists
from example_records import calls, leads
from markdown_pages import in_json, page, table
from reference_metrics import metrics
from reference_presets import file_presets
from reference_webhooks import webhooks

from callistics.analytics.service import Analytics
from callistics.catalog.dimensions import GROUPABLE, PAYLOAD_PREFIX
from callistics.catalog.measures import MEASURES
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.job import Job
from callistics.ingest.writer import Writer
from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.sql.selection import Policy

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "reference"
SHOWN_ROWS = 12
STAGES = ("new", "contacted", "interested", "converted")
_OTHER_PAGES = (
    *("filters", "grouping", "records", "unreached", "presets", "webhooks"),
    *("settings", "error-types", "metrics"),
)
_NOW = 1_800_000_000_000_000


def pages() -> dict[str, str]:
    """Every page: its path below docs/reference/, and its Markdown."""
    found = {
        "queries/index.md": _index(),
        "filters.md": lists.filters(),
        "grouping.md": lists.grouping(),
        "records.md": lists.records(),
        "unreached.md": lists.unreached(),
        "presets.md": file_presets(),
        "settings.md": lists.settings(),
        "error-types.md": lists.error_types(),
        "metrics.md": metrics(),
        "webhooks.md": webhooks(),
    }
    with product() as over:
        for name, kind in registry().items():
            found[f"queries/{name}.md"] = _query(kind, over)
    return found


def stale(made: Mapping[str, str], folder: Path = TARGET) -> list[str]:
    """The pages below the folder that are missing, differ, or are of things that are gone."""
    there = {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*.md")
    }
    return sorted(path for path in made.keys() | there if made.get(path) != there.get(path))


def write(made: Mapping[str, str], folder: Path = TARGET) -> None:
    """Bring the pages below the folder up to date."""
    for path in stale(made, folder):
        file = folder / path
        if path in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(made[path], encoding="utf-8")
        else:
            file.unlink()


def on_config(config: Any) -> Any:
    """Hook of mkdocs: list the pages that are there in the navigation, before its last section."""
    queries = sorted(file.stem for file in (TARGET / "queries").glob("*.md"))
    queries = ["index", *(name for name in queries if name != "index")]
    section = [
        {"Query types": [f"reference/queries/{name}.md" for name in queries]},
        *({name.replace("-", " ").capitalize(): f"reference/{name}.md"} for name in _OTHER_PAGES),
    ]
    config["nav"].insert(len(config["nav"]) - 1, {"Reference": section})
    return config


@contextmanager
def product() -> Generator[Analytics]:
    """The product over the example records, in memory."""
    engine = DuckDBEngine(Path(":memory:"), readers=1, threads=1)
    writer = Writer(engine, 10)
    try:
        for kind, records in ((RecordKind.LEADS, leads()), (RecordKind.CALLS, calls())):
            _store(writer, kind, records)
        yield Analytics(engine, Policy(lead_stages=STAGES), "UTC")
    finally:
        writer.stop()
        engine.close()


def _store(writer: Writer, kind: RecordKind, records: Sequence[object]) -> None:
    body = json.dumps(records).encode()
    terms = Terms(kind, Reading(zone("UTC"), _NOW), EVERYTHING)
    batch = decode_batch(body, None, Limits(len(body), len(records)), terms)
    if batch.rejected:
        raise ValueError(f"an example record is wrong: {batch.rejected[0]}")
    writer.submit(Job(batch)).result()


def _index() -> str:
    rows = [
        (f"[`{name}`]({name}.md)", str(kind.unit), kind.summary)
        for name, kind in registry().items()
    ]
    return page(
        "Query types",
        "Every query is a `POST /analytics` whose `query_type` is one of these. Body, paging "
        "and the envelope of the answer are the same for all of them: see "
        "[Queries](../../queries.md).",
        table(("`query_type`", "Counts", "Answers"), rows),
    )


def _query(kind: QueryType, product: Analytics) -> str:
    body = {"query_type": kind.name, **kind.example}
    answer = product.answer(json.dumps(body).encode(), EVERYTHING)
    shown = answer.data[:SHOWN_ROWS]
    left_out = len(answer.data) - len(shown)
    note = f"\nThe first {SHOWN_ROWS} of {len(answer.data)} rows are shown.\n" if left_out else ""
    return page(
        kind.name,
        kind.summary,
        f"Counts **{kind.unit}**. " + _granularity_note(kind),
        "## Rows\n\n"
        + table(
            ("Field", "Type", "Meaning"),
            [
                (f"`{column.name}`", column.type.replace("|", " or "), column.help)
                for column in kind.columns
            ],
        )
        + "\n\n"
        + _compare_note(kind),
        *(["## Measures\n\n" + _measures()] if kind.takes_measure else []),
        "## Grouping\n\n" + _group_note(kind),
        f"## Example\n\nRequest:\n\n```json\n{in_json(body, 2)}\n```\n\nAnswer, over a small set "
        f"of made-up calls:\n\n```json\n{_envelope(answer, shown)}\n```\n{note}",
    )


def _measures() -> str:
    rows = [(f"`{name}`", one.help) for name, one in MEASURES.items()]
    rows.append((f"`{PAYLOAD_PREFIX}<key>`", "A number, or text that is one, of the payload."))
    return table(("`measure`", "Measures"), rows)


def _granularity_note(kind: QueryType) -> str:
    if kind.uses_granularity:
        return "`granularity` sets the length of a bucket; every bucket of the range is a row."
    return "The type accepts `granularity` and ignores it."


def _compare_note(kind: QueryType) -> str:
    names = ", ".join(f"`{column.name}`" for column in kind.previous_columns)
    return (
        f"With [`compare`](../../comparison.md) each row goes on with {names}: the same figures of "
        "the range compared with, null where that has no such row."
    )


def _group_note(kind: QueryType) -> str:
    names = ", ".join(f"`{name}`" for name in (*kind.groupable, f"{PAYLOAD_PREFIX}<key>"))
    taken = ", ".join(f"`{name}`" for name in sorted(kind.own_keys & GROUPABLE.keys()))
    note = f" {taken} is the key of this type already." if taken else ""
    return f"`group_by` takes up to three of {names}.{note}"


def _envelope(answer: Any, rows: Sequence[Mapping[str, object]]) -> str:
    lines = ",\n".join("    " + json.dumps(row, ensure_ascii=False, default=float) for row in rows)
    tail = f'"total": {answer.total}, "page": {answer.page}, "page_size": {answer.page_size}'
    data = f"[\n{lines}\n  ]" if rows else "[]"
    return f'{{\n  "query_type": "{answer.query_type}",\n  "data": {data},\n  {tail}\n}}'


if __name__ == "__main__":
    current = pages()
    differ = stale(current)
    print(*(f"docs/reference/{path}" for path in differ), sep="\n", end="\n" if differ else "")
    if "--check" in sys.argv[1:]:
        sys.exit(bool(differ))
    write(current)

"""Write the reference pages of the documentation from what the product defines.

Run alone, `python scripts/reference.py` writes docs/reference/; as a hook of mkdocs it does so
before each build and lists the pages in the navigation. The answers shown are real: each example
request is put to the product, over the records of `example_records`.
"""

import json
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from example_records import calls, leads

from callistics.analytics.service import Analytics
from callistics.catalog.dimensions import GROUPABLE, PAYLOAD_PREFIX
from callistics.catalog.filters import FILTERS, OPERATOR_SCHEMAS
from callistics.catalog.plan import Policy, Unit
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.ingest.reader import Limits, Terms, read_write
from callistics.ingest.writer import Job, Writer
from callistics.model.records import Reading, RecordKind, all_fields
from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.settings import table as settings_table

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "reference"
SHOWN_ROWS = 12
STAGES = ("new", "contacted", "interested", "converted")
_NOW = 1_800_000_000_000_000

OPERATORS = {
    "eq": ("equal in canonical text; `null` means the key is absent or null", {"eq": "Delhi"}),
    "ne": ("not equal; also matches records that lack the key", {"ne": "Delhi"}),
    "in": ("equal to one of the list", {"in": ["Delhi", "Mumbai"]}),
    "not_in": ("equal to none of the list; also where the key is missing", {"not_in": ["trial"]}),
    "gt": ("greater: numbers by value, dates by time", {"gt": 30}),
    "gte": ("greater or equal", {"gte": "2025-01-01"}),
    "lt": ("less", {"lt": 65.5}),
    "lte": ("less or equal", {"lte": "2025-01-31"}),
    "contains": ("the text occurs in the value, exact case", {"contains": "road"}),
    "starts_with": ("the value begins with the text, exact case", {"starts_with": "11"}),
    "exists": ("`true`: there and not null; `false`: absent or null", {"exists": True}),
}


def pages() -> dict[str, str]:
    """Every page: its path below docs/reference/, and its Markdown."""
    found = {
        "queries/index.md": _index(),
        "filters.md": _filters(),
        "grouping.md": _grouping(),
        "records.md": _records(),
        "settings.md": _settings(),
    }
    with _product() as product:
        for name, kind in registry().items():
            found[f"queries/{name}.md"] = _query(kind, product)
    return found


def write() -> list[str]:
    """Write the pages that changed and drop those of things that are gone; returns their paths."""
    made = pages()
    for old in TARGET.rglob("*.md"):
        if old.relative_to(TARGET).as_posix() not in made:
            old.unlink()
    for path, text in made.items():
        file = TARGET / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    return sorted(made)


def on_config(config: Any) -> Any:
    """Hook of mkdocs: write the pages and list them in the navigation."""
    queries = [path for path in write() if path.startswith("queries/") and "index" not in path]
    section = [
        {"Query types": [f"reference/{path}" for path in ("queries/index.md", *queries)]},
        {"Filters": "reference/filters.md"},
        {"Grouping": "reference/grouping.md"},
        {"Records": "reference/records.md"},
        {"Settings": "reference/settings.md"},
    ]
    place = next(i for i, entry in enumerate(config["nav"]) if "Decisions" in entry)
    config["nav"].insert(place, {"Reference": section})
    return config


@contextmanager
def _product() -> Generator[Analytics]:
    """The product over the example records, in memory."""
    engine = DuckDBEngine(Path(":memory:"), readers=1, threads=1)
    writer = Writer(engine, 10)
    try:
        for kind, records in ((RecordKind.LEADS, leads()), (RecordKind.CALLS, calls())):
            _store(writer, kind, records)
        yield Analytics(engine.dialect, engine.run, Policy(lead_stages=STAGES), "UTC")
    finally:
        writer.stop()
        engine.close()


def _store(writer: Writer, kind: RecordKind, records: Sequence[object]) -> None:
    body = json.dumps(records).encode()
    terms = Terms(kind, Reading(zone("UTC"), _NOW), EVERYTHING)
    write = read_write(body, None, Limits(len(body), len(records)), terms)
    if write.rejected:
        raise ValueError(f"an example record is wrong: {write.rejected[0]}")
    writer.submit(Job(write, lambda _: (200, b""))).result()


def _index() -> str:
    rows = [
        (f"[`{name}`]({name}.md)", str(kind.unit), kind.summary)
        for name, kind in registry().items()
    ]
    return _page(
        "Query types",
        "Every question is a `POST /analytics` whose `query_type` is one of these. Body, paging "
        "and the envelope of the answer are the same for all of them: see "
        "[Asking](../../asking.md).",
        _table(("`query_type`", "Counts", "Answers"), rows),
    )


def _query(kind: QueryType, product: Analytics) -> str:
    body = {"query_type": kind.name, **kind.example}
    answer = product.answer(json.dumps(body).encode(), EVERYTHING)
    shown = answer.data[:SHOWN_ROWS]
    left_out = len(answer.data) - len(shown)
    note = f"\nThe first {SHOWN_ROWS} of {len(answer.data)} rows are shown.\n" if left_out else ""
    return _page(
        kind.name,
        kind.summary,
        f"Counts **{kind.unit}**. " + _granularity_note(kind),
        "## Rows\n\n"
        + _table(
            ("Field", "Type", "Meaning"),
            [
                (f"`{column.name}`", column.type.replace("|", " or "), column.help)
                for column in kind.columns
            ],
        ),
        "## Grouping\n\n" + _group_note(kind),
        f"## Example\n\nRequest:\n\n```json\n{_json(body)}\n```\n\nAnswer, over a small set of "
        f"made-up calls:\n\n```json\n{_envelope(answer, shown)}\n```\n{note}",
    )


def _granularity_note(kind: QueryType) -> str:
    if kind.uses_granularity:
        return "`granularity` sets the length of a bucket; every bucket of the range is a row."
    return "`granularity` is accepted and has no effect."


def _group_note(kind: QueryType) -> str:
    names = ", ".join(f"`{name}`" for name in (*kind.groupable, f"{PAYLOAD_PREFIX}<key>"))
    taken = ", ".join(f"`{name}`" for name in sorted(kind.own_keys & GROUPABLE.keys()))
    note = f" {taken} is the key of this type already." if taken else ""
    return f"`group_by` takes up to three of {names}.{note}"


def _envelope(answer: Any, rows: Sequence[Mapping[str, object]]) -> str:
    lines = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in rows)
    tail = f'"total": {answer.total}, "page": {answer.page}, "page_size": {answer.page_size}'
    data = f"[\n{lines}\n  ]" if rows else "[]"
    return f'{{\n  "query_type": "{answer.query_type}",\n  "data": {data},\n  {tail}\n}}'


def _filters() -> str:
    rows = [
        (f"`{spec.name}`", str(spec.kind), spec.help, f"`{_inline(spec.example)}`")
        for spec in FILTERS.values()
    ]
    operators = [
        (f"`{name}`", OPERATORS[name][0], f"`{_inline(OPERATORS[name][1])}`")
        for name in OPERATOR_SCHEMAS
    ]
    return _page(
        "Filters",
        "All filters are joined by AND. `null` is the same as leaving a filter out; an unknown "
        "filter is refused (400), so that a typing error never widens an answer.",
        _table(("Filter", "Type", "Meaning", "Example"), rows),
        "## Conditions on the payload\n\n`payload_filters` maps a key, or a path with dots, to a "
        "condition. A string, number or boolean is equality; a list is any of its values; `null` "
        "means absent or null; an object names operators, all of which must hold:",
        _table(("Operator", "Matches where the value is", "Example"), operators),
        "What lists, nested objects and numbers sent as text mean is told in "
        "[What is counted](../semantics.md#payloads).",
    )


def _grouping() -> str:
    rows = [
        (f"`{name}`", item.type, _units(item.on(Unit.CALLS), item.on(Unit.LEADS)), item.help)
        for name, item in GROUPABLE.items()
    ]
    rows.append(("`payload.<key>`", "string", "calls, leads", "Canonical text of the value."))
    return _page(
        "Grouping",
        "`group_by` takes up to three of these. The fields come first in each row, in the order "
        "asked; groups are the combinations that occur. Percentages, ranks and rates are within "
        "the group.",
        _table(("Field", "Type", "On types that count", "Meaning"), rows),
    )


def _units(on_calls: object, on_leads: object) -> str:
    return ", ".join(name for name, on in (("calls", on_calls), ("leads", on_leads)) if on)


def _records() -> str:
    parts: list[str] = []
    for kind in RecordKind:
        rows = [
            (
                f"`{name}`",
                _schema_type(spec.schema),
                "yes" if spec.required else "",
                spec.help,
                f"`{_inline(spec.example)}`",
            )
            for name, spec in all_fields(kind).items()
        ]
        header = ("Field", "Type", "Required", "Meaning", "Example")
        parts.append(f"## `POST /{kind}`\n\n{_table(header, rows)}")
    return _page(
        "Records",
        "The fields of a call and of a lead. Required fields need not be in every record: they "
        "must have come by the time the call or lead is to count. How records are merged is told "
        "in [Sending records](../ingestion.md).",
        *parts,
    )


def _schema_type(schema: Mapping[str, Any]) -> str:
    if "oneOf" in schema:
        return " or ".join(_schema_type(one) for one in schema["oneOf"])
    name = str(schema["type"])
    return f"{name} ({schema['format']})" if "format" in schema else name


def _settings() -> str:
    rows = [
        (f"`{item.name}`", f"`{item.variable}`", _default(item.default), item.help)
        for item in settings_table()
    ]
    return _page(
        "Settings",
        "A setting comes from the command line, else from the environment, else from "
        "`callistics.toml` in the working directory or the file that `CALLISTICS_CONFIG` names. "
        "A setting that is unknown or wrong keeps the server from starting, with a sentence for "
        "each. Lists are written with commas in the environment (`new,contacted,converted`) and "
        "as arrays in the file.",
        _table(("Setting", "Environment variable", "Default", "Meaning"), rows),
    )


def _default(value: object) -> str:
    if value is None or value == {}:
        return "not set"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    return f"`{value}`"


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *(part.strip() for part in parts)]) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _inline(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for page in write():
        print(f"docs/reference/{page}")

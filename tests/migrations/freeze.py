"""Writes the frozen rows anew: `python -m migrations.freeze`, in `tests`, at the first schema.

Those of a released schema stay as they are; another schema has files of its own.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.engines.duckdb.engine import DuckDBEngine
from support import inside
from support.engines import AS_IF_LARGE
from support.store import Store, opened

from .frozen import ANSWER, COMMITS, FIXTURES, KEY, LATER, POLICY, answers, send


def fill(store: Store) -> None:
    """Store what there is; part of it moves on into the roll-ups."""
    send(store, COMMITS[:-1])
    store.maintain()
    send(store, COMMITS[-1:])
    with store.engine.writing() as session:
        session.keep_receipt(*ANSWER)
        session.save_keys([KEY])


def literal(value: str | None, kind: str) -> str:
    """A value as DuckDB reads it back into a column of that type."""
    quoted = "'" + (value or "").replace("'", "''") + "'"
    return quoted + "::JSON::VARIANT" if kind == "VARIANT" else quoted


def of_duckdb(engine: DuckDBEngine) -> str:
    """INSERT statements, a row each; NULL is what is left out."""
    lines: list[str] = []
    for (table,) in inside.execute(engine, "SELECT table_name FROM duckdb_tables() ORDER BY ALL"):
        columns = inside.execute(engine, f"DESCRIBE {table}")
        texts = ", ".join(
            f"{name}::JSON::VARCHAR" if kind == "VARIANT" else f"{name}::VARCHAR"
            for name, kind, *_ in columns
        )
        for row in inside.execute(engine, f"SELECT {texts} FROM {table}"):  # noqa: S608
            given = [
                (name, literal(value, kind))
                for (name, kind, *_), value in zip(columns, row, strict=True)
                if value is not None
            ]
            names, values = (", ".join(part) for part in zip(*given, strict=True))
            if table != "schema_migrations":
                lines.append(f"INSERT INTO {table} ({names})\nVALUES ({values});\n")
    return "".join(lines)


def of_clickhouse(engine: ClickHouseEngine) -> str:
    """A line for each row: its table and what ClickHouse writes and reads as JSON."""
    lines: list[str] = []
    writer = inside.server_writer(engine)
    tables = writer.query("SHOW TABLES").result_rows
    for (table,) in tables:
        rows: Any = writer.query(f"SELECT * FROM {table}")  # noqa: S608
        names = ", ".join(rows.column_names)
        texts = writer.query(
            f"SELECT formatRowNoNewline('JSONEachRow', {names}) FROM {table} ORDER BY ALL"  # noqa: S608
        ).result_rows
        if table != "schema_migrations":
            lines += [f'{{"table": "{table}", "row": {text}}}\n' for (text,) in texts]
    return "".join(lines)


def main() -> None:
    """Write the files."""
    FIXTURES.mkdir(exist_ok=True)
    frozen: dict[str, list[dict[str, Any]]] = {}
    with TemporaryDirectory() as folder:
        for name in ("duckdb", "chdb"):
            with opened(name, POLICY, Path(folder) / name, tuning=AS_IF_LARGE) as store:
                fill(store)
                if isinstance(store.engine, DuckDBEngine):
                    (FIXTURES / "duckdb_0001.sql").write_text(of_duckdb(store.engine))
                elif isinstance(store.engine, ClickHouseEngine):
                    (FIXTURES / "clickhouse_0001.ndjson").write_text(of_clickhouse(store.engine))
                found = {"stored": answers(store)}
                send(store, LATER)
                found["later"] = answers(store)
                assert found == (frozen or found), "the engines do not agree"
                frozen = found
    lines = (
        json.dumps({"when": when, **one}, ensure_ascii=False) + "\n"
        for when, found in frozen.items()
        for one in found
    )
    (FIXTURES / "answers.ndjson").write_text("".join(lines))


if __name__ == "__main__":
    main()

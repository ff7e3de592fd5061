"""Statements that are planned once, and results as columns."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from callistics.engines.duckdb.statement_cache import StatementCache

INSERT = "INSERT INTO t BY NAME SELECT * FROM fresh"


@pytest.fixture
def statements() -> Iterator[StatementCache]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a BIGINT, b VARCHAR)")
        yield StatementCache(connection)


def rows(statements: StatementCache) -> list[tuple[object, ...]]:
    return statements.execute("FROM t ORDER BY a, b").fetchall()


def test_a_repeated_statement_reads_what_is_given_now(statements: StatementCache) -> None:
    for number in range(3):
        statements.give(fresh=pa.table({"a": [number], "b": [f"b{number}"]}))
        statements.repeat(INSERT)
    assert rows(statements) == [(0, "b0"), (1, "b1"), (2, "b2")]


def test_tables_with_other_columns_are_planned_for_anew(statements: StatementCache) -> None:
    given = [
        pa.table({"a": [1], "b": ["x"]}),
        pa.table({"b": ["y"], "a": [2]}),
        pa.table({"a": [3]}),
        pa.table({"a": pa.array([4], pa.int32()), "b": ["z"]}),
        pa.table({"a": [5], "b": ["w"]}),
    ]
    for table in given:
        statements.give(fresh=table)
        statements.repeat(INSERT)
    assert rows(statements) == [(1, "x"), (2, "y"), (3, None), (4, "z"), (5, "w")]


def test_it_goes_on_after_a_rollback_and_after_a_change_of_the_table(
    statements: StatementCache,
) -> None:
    statements.connection.execute("BEGIN")
    statements.give(fresh=pa.table({"a": [1], "b": ["x"]}))
    statements.repeat(INSERT)
    statements.connection.execute("ROLLBACK")
    statements.rolled_back()
    statements.give(fresh=pa.table({"a": [2], "b": ["y"]}))
    statements.repeat(INSERT)
    statements.connection.execute("ALTER TABLE t ADD COLUMN c BIGINT DEFAULT 7")
    statements.give(fresh=pa.table({"a": [3], "b": ["z"]}))
    statements.repeat(INSERT)
    assert rows(statements) == [(2, "y", 7), (3, "z", 7)]


def test_a_temporary_table_that_was_made_anew_is_read_as_it_is_now(
    statements: StatementCache,
) -> None:
    for number in range(3):
        statements.execute(f"CREATE OR REPLACE TEMP TABLE moved AS SELECT {number}::BIGINT AS a")
        statements.repeat("INSERT INTO t BY NAME SELECT * FROM moved")
    assert rows(statements) == [(0, None), (1, None), (2, None)]


def plans(statements: StatementCache) -> list[tuple[str, str]]:
    return statements.connection.execute(
        "SELECT name, statement FROM duckdb_prepared_statements() ORDER BY name"
    ).fetchall()


def test_a_select_that_comes_again_is_planned_once_and_reads_what_is_there_by_then(
    statements: StatementCache,
) -> None:
    text = "SELECT count(*) FROM t WHERE a IN (SELECT a FROM wanted)"
    for number in range(4):
        assert len(plans(statements)) == (number > 1)
        statements.give(fresh=pa.table({"a": [number], "b": ["x"]}))
        statements.execute(INSERT)
        statements.give(wanted=pa.table({"a": [0, number]}))
        assert statements.select(text).fetchall() == [(min(number, 1) + 1,)]


def test_a_plan_is_made_anew_as_tables_grow(statements: StatementCache) -> None:
    statements.give(fresh=pa.table({"a": [1], "b": ["x"]}))
    for _ in range(101):
        statements.repeat(INSERT)
    ((name, _),) = plans(statements)
    assert name == "planned_2"
    assert len(rows(statements)) == 101


def test_only_so_many_plans_are_kept(statements: StatementCache) -> None:
    for number in [*range(120), *range(120), 0]:
        assert statements.select(f"SELECT {number}").fetchall() == [(number,)]
    assert len(plans(statements)) == 100


def test_few_rows_are_the_same_columns_as_many(statements: StatementCache) -> None:
    columns = pa.schema(
        [
            ("n", pa.int64()),
            ("moment", pa.timestamp("us")),
            ("names", pa.list_(pa.string())),
            ("events", pa.list_(pa.struct([("status", pa.string()), ("n", pa.int32())]))),
        ]
    )
    text = (
        "SELECT * FROM (VALUES (1, TIMESTAMP '2025-01-01', ['a', NULL], [{status: 's', n: 1}]),"
        " (NULL, NULL, NULL, NULL), (3, TIMESTAMP '1969-12-31 23:59:59.999999', [], []))"
        " AS t(n, moment, names, events)"
    )
    few, many = (statements.table(text, columns, few=few) for few in (True, False))
    assert few.schema == many.schema == columns
    assert few.equals(many)
    assert str(few["moment"][2]) == "1969-12-31 23:59:59.999999"
    none = statements.table(f"{text} WHERE FALSE", columns, few=True)
    assert (none.schema, none.num_rows) == (columns, 0)

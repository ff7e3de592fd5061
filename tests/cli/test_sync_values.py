"""Values of every type of PostgreSQL, as records have them, and what is refused."""

import json
from typing import Any

import psycopg
import pytest

from callistics.cli.syncing.values import Refused, seconds
from support.postgres import Database

from .conftest import Run
from .syncing import TENANT

USUAL = ("--table", "t", "--cursor", "updated_at", *TENANT)


def show(run: Run, database: Database, columns: str, *options: object) -> dict[str, Any]:
    """The call that a row of these columns becomes."""
    database.run(
        "CREATE TABLE t AS SELECT 'c' AS call_id, timestamptz '2025-01-05 10:00+02' AS started_at,"
        f" timestamptz '2025-01-05 12:00:00.123456+02' AS updated_at, {columns};"
        " ALTER TABLE t ADD PRIMARY KEY (call_id)"
    )
    run("sync", database.dsn, *USUAL, *options)
    return json.loads(run("calls", "show", "c", "--json").stdout)


def test_fields(run: Run, database: Database) -> None:
    columns = (
        "interval '1 hour 0.25 seconds' AS duration, 0.1::real AS sentiment, TRUE AS success,"
        " 12345678901.123456::numeric AS cost, 'eur' AS currency, 7::smallint AS attempt,"
        " 'x  '::char(9) AS provider, '6f2c3f0e-0000-4000-8000-000000000001'::uuid AS lead_id,"
        """ '{"a": {"b": 1.10}, "n": 12345678901234567890}'::jsonb AS payload"""
    )
    call = show(run, database, columns)
    assert call["updated_at"] == "2025-01-05T10:00:00.123456+00:00"
    assert call["started_at"] == "2025-01-05T08:00:00+00:00"
    assert (call["duration"], call["sentiment"], call["attempt"]) == (3600.25, 0.1, 7)
    assert (call["success"], call["provider"]) == (True, "x")
    assert call["lead_id"] == "6f2c3f0e-0000-4000-8000-000000000001"
    assert call["payload"] == {"a": {"b": 1.1}, "n": 12345678901234567890}
    text = run("calls", "show", "c", "--json").stdout
    assert '"cost":12345678901.123456' in text.replace(": ", ":")


def test_values_of_the_payload(run: Run, database: Database) -> None:
    database.run("CREATE TYPE mood AS ENUM ('fine', 'so so'); CREATE DOMAIN d AS int")
    columns = (
        "'so so'::mood AS mood, ARRAY['fine', NULL]::mood[] AS moods, ARRAY[1.50, 2] AS numbers,"
        " ARRAY[[1, 2], [3, 4]] AS matrix, 5::d AS dom, date '2025-01-05' AS day,"
        " time '10:00' AS clock, timestamp '2025-01-05 10:00' AS local, '\\x6869'::bytea AS raw,"
        " inet '10.0.0.1' AS address, ARRAY[timestamptz '2025-01-05 10:00+01'] AS times,"
        " '[1, null]'::json AS list, interval '-1 day' AS span"
    )
    assert show(run, database, columns, "--payload-rest")["payload"] == {
        "mood": "so so",
        "moods": ["fine", None],
        "numbers": [1.5, 2],
        "matrix": [[1, 2], [3, 4]],
        "dom": 5,
        "day": "2025-01-05",
        "clock": "10:00:00",
        "local": "2025-01-05T10:00:00",
        "raw": "hi",
        "address": "10.0.0.1",
        "times": ["2025-01-05T09:00:00Z"],
        "list": [1, None],
        "span": -86400,
    }


def test_times_without_a_zone(run: Run, database: Database) -> None:
    columns = "timestamp '2025-01-05 10:00' AS answered_at"
    zone = ("--timezone", "Asia/Kolkata")
    database.run("CREATE TABLE u AS SELECT 'c' AS call_id, timestamp '2025-01-05 09:00' AS at")
    local = ("--table", "u", "--cursor", "at", "--tie", "call_id", *TENANT, "--map")
    shown = run("sync", database.dsn, *local, "started_at=at", code=1).output
    assert '"at" is a time without a zone: say which one with --timezone' in shown
    assert "1 stored" in run("sync", database.dsn, *local, "started_at=at", *zone).output
    call = json.loads(run("calls", "show", "c", "--json").stdout)
    assert call["updated_at"] == "2025-01-05T03:30:00+00:00"
    call = show(
        run, database, columns, *zone, "--drop", "started_at", "--set", "started_at=2025-01-05"
    )
    assert call["answered_at"] == "2025-01-05T04:30:00+00:00"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("'NaN'::numeric", "x: NaN is no number that can be counted with"),
        ("'-Infinity'::float8", "x: -Infinity is no number that can be counted with"),
        ("ARRAY['NaN'::real]", "x: NaN is no number that can be counted with"),
        ("interval '1 month'", "x: P1M is no fixed time: months and years differ in length"),
        ("""'{"a": 1, "a": 2}'::json""", 'x: the key "a" occurs twice in one object'),
    ],
)
def test_values_that_are_refused(value: str, message: str, run: Run, database: Database) -> None:
    database.run(
        "CREATE TABLE t AS SELECT 'c' AS call_id, now() AS started_at, now() AS updated_at,"
        f" {value} AS x; ALTER TABLE t ADD PRIMARY KEY (call_id)"
    )
    shown = run("sync", database.dsn, *USUAL, "--payload-rest", code=1).output
    assert f"t, call_id=c: {message}" in shown
    assert "1 stored" in run("sync", database.dsn, *USUAL, "--drop", "x").output


def test_types_that_are_not_read(run: Run, database: Database) -> None:
    database.run(
        "CREATE TABLE t AS SELECT 'c' AS call_id, now() AS started_at, now() AS updated_at,"
        " int4range(1, 2) AS x; ALTER TABLE t ADD PRIMARY KEY (call_id)"
    )
    shown = run("sync", database.dsn, *USUAL, "--payload-rest", code=1).output
    assert 't: the column "x" is of the type int4range, which is not read' in shown
    assert "1 stored" in run("sync", database.dsn, *USUAL, "--drop", "x").output


@pytest.mark.parametrize("encoding", ["LATIN1", "UTF8"])
def test_texts_of_other_encodings(
    encoding: str, run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the database, and of what the environment asks for."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    database.run(f"CREATE DATABASE {encoding} ENCODING {encoding} LOCALE 'C' TEMPLATE template0")
    dsn = f"{database.dsn.rpartition('/')[0]}/{encoding.lower()}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT 'c' AS call_id, now() AS started_at, now() AS updated_at,"
            " 'Zürich'::text AS x; ALTER TABLE t ADD PRIMARY KEY (call_id)"
        )
    run("sync", dsn, *USUAL, "--payload-rest")
    assert json.loads(run("calls", "show", "c", "--json").stdout)["payload"] == {"x": "Zürich"}


def test_intervals() -> None:
    assert seconds("PT0S") == 0
    assert seconds("P1DT2H3M4S") == 93_784
    assert str(seconds("PT-0.5S")) == "-0.5"
    assert isinstance(seconds("P1Y"), Refused)
    assert seconds("P0Y2D") == 172_800
    assert isinstance(seconds("-infinity"), Refused)


def test_another_time_than_the_cursor(run: Run, database: Database) -> None:
    """A mapping that says what updated_at is has the last word."""
    call = show(run, database, "1 AS x", "--drop", "x", "--map", "updated_at=started_at")
    assert call["updated_at"] == "2025-01-05T08:00:00+00:00"


def test_leads(run: Run, database: Database) -> None:
    database.run(
        "CREATE TABLE t (lead_id int PRIMARY KEY, status text, updated_at timestamptz);"
        " INSERT INTO t VALUES (1, 'new', '2025-01-05 10:00+00')"
    )
    assert "1 stored" in run("sync", database.dsn, *USUAL, "--kind", "leads").output
    assert json.loads(run("leads", "show", "1", "--json").stdout)["status"] == "new"


def test_times_under_a_time_format(run: Run, database: Database) -> None:
    """They are times already; the format is of the texts of other columns."""
    columns = "'5/1/2025 16:33' AS ended, timestamp '2025-01-05 16:00' AS answered"
    said = ("started_at=started_at", "ended_at=ended", "answered_at=answered")
    maps = [part for one in said for part in ("--map", one)]
    names = ("started_at", "ended_at", "answered_at")
    formats = [part for one in names for part in ("--time-format", f"{one}=%d/%m/%Y %H:%M")]
    call = show(run, database, columns, *maps, *formats)
    assert [call[name][:16] for name in names] == [
        "2025-01-05T08:00",
        "2025-01-05T16:33",
        "2025-01-05T16:00",
    ]

"""Designs of a table whose rows are replaced now and then, and how each is read and written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.designs.calls import COLUMNS

MONTH = (
    "merchant_id = 'm010' AND started_at >= toDateTime64('2025-03-01', 6, 'UTC')"
    " AND started_at < toDateTime64('2025-04-01', 6, 'UTC')"
)
CITY = "payload.kcity.:String = 'city7'"
_DAY = "intDiv(toUnixTimestamp64Micro(started_at), 86400000000)"
_FINAL = "SETTINGS do_not_merge_across_partitions_select_final = 1"
_PATCHES = "SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1"

Questions = dict[str, str]
Write = Callable[[int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Design:
    """One way to replace rows.

    `columns` and `loaded` are what it needs beside those of every design; `settles` says that
    merging the parts makes a difference to it.
    """

    name: str
    engine: str
    questions: Questions
    write: Write
    settings: str = ""
    columns: str = ""
    loaded: str = ""
    before: Sequence[str] = ()
    settles: bool = True


def _counting(source: str, within: str = "1", settings: str = "") -> Questions:
    """The questions where a row of the source is a call."""

    def select(what: str, where: str, groups: str = "") -> str:
        clauses = f"FROM {source} WHERE {where} AND {within}"
        return f"SELECT {what} {clauses} {groups} {settings}"

    by_outcome = "outcome, count() AS n"
    grouped = "GROUP BY outcome ORDER BY outcome"
    timed = "count(), sum(duration_ms), min(duration_ms), max(duration_ms)"
    return {
        "outcomes": select(by_outcome, "1", grouped),
        "days": select(f"{_DAY} AS day, count()", "1", "GROUP BY day ORDER BY day"),
        "durations": select(timed, "duration_ms IS NOT NULL"),
        "month": select(by_outcome, MONTH, grouped),
        "city": select(by_outcome, CITY, grouped),
    }


def _weighing(table: str) -> Questions:
    """The questions where a row counts by its sign; extremes are of the values that remain."""

    def select(what: str, group: str, where: str = "1") -> str:
        return (
            f"SELECT {what}, sum(sign) AS n FROM {table} WHERE {where} "
            f"GROUP BY {group} HAVING n > 0 ORDER BY {group}"
        )

    values = (
        f"SELECT duration_ms, sum(sign) AS n FROM {table} WHERE duration_ms IS NOT NULL "
        "GROUP BY duration_ms HAVING n > 0"
    )
    return {
        "outcomes": select("outcome", "outcome"),
        "days": select(f"{_DAY} AS day", "day"),
        "durations": "SELECT sum(n), sum(duration_ms * n), min(duration_ms), max(duration_ms) "
        f"FROM ({values})",
        "month": select("outcome", "outcome", MONTH),
        "city": select("outcome", "outcome", CITY),
    }


def _newest(table: str) -> Questions:
    """The questions over the newest version of each id; a tuple, as argMax skips NULL."""
    fields = ("started_at", "duration_ms", "outcome", "payload.kcity.:String")
    newest = ", ".join(f"argMax(tuple({name}), version).1 AS f{i}" for i, name in enumerate(fields))
    named = "f0 AS started_at, f1 AS duration_ms, f2 AS outcome, f3 AS city"
    source = (
        f"(SELECT merchant_id, {named} FROM (SELECT merchant_id, call_id, {newest} FROM {table}"
        " WHERE {} GROUP BY merchant_id, call_id))"
    )
    found = _counting(source.format("1"))
    found["month"] = _counting(source.format("merchant_id = 'm010'"))["month"]
    return {name: sql.replace(CITY, "city = 'city7'") for name, sql in found.items()}


def _insert(table: str, batch: int) -> str:
    return f"INSERT INTO {table} ({COLUMNS}) SELECT {COLUMNS} FROM fresh WHERE batch = {batch}"


def _signed(batch: int) -> Sequence[str]:
    """Replaced rows and new ones in one block."""
    names = f"{COLUMNS}, toInt8({{}})"
    old = f"SELECT {names.format(-1)} FROM old WHERE batch = {batch}"
    new = f"SELECT {names.format(1)} FROM fresh WHERE batch = {batch}"
    return [f"INSERT INTO signed ({COLUMNS}, sign) {old} UNION ALL {new}"]


def _listed(batch: int) -> Sequence[str]:
    gone = "SELECT toYYYYMM(started_at), merchant_id, row_id, 1 FROM old"
    return [
        f"INSERT INTO listed ({COLUMNS}, number) SELECT {COLUMNS}, 2 FROM fresh "
        f"WHERE batch = {batch}",
        f"INSERT INTO listed_gone {gone} WHERE batch = {batch}",
    ]


def _updated(batch: int) -> Sequence[str]:
    return [
        "UPDATE updated SET outcome = joinGet('fresh_values', 'outcome', row_id), "
        "duration_ms = joinGet('fresh_values', 'duration_ms', row_id), version = 2 "
        f"WHERE row_id IN (SELECT row_id FROM old WHERE batch = {batch})"
    ]


def _deleted(batch: int) -> Sequence[str]:
    return [
        f"DELETE FROM deleted WHERE version = 1 AND row_id IN "
        f"(SELECT row_id FROM old WHERE batch = {batch}) "
        "SETTINGS lightweight_delete_mode = 'lightweight_update_force'",
        _insert("deleted", batch),
    ]


def _outside(table: str) -> Questions:
    """The questions over rows whose version is not listed as gone."""
    gone = f"(row_id, number) NOT IN (SELECT row_id, number FROM {table}_gone)"
    found = _counting(table, gone)
    narrow = f"{table}_gone WHERE merchant_id = 'm010' AND month = 202503"
    found["month"] = found["month"].replace(f"{table}_gone", narrow)
    return found


DESIGNS = {
    "signed": Design(
        "VersionedCollapsingMergeTree, sum(sign)",
        "VersionedCollapsingMergeTree(sign, version)",
        _weighing("signed"),
        _signed,
        columns="sign Int8",
        loaded="1",
    ),
    "replacing": Design(
        "ReplacingMergeTree, FINAL",
        "ReplacingMergeTree(version)",
        _counting("replacing FINAL", settings=_FINAL),
        lambda batch: [_insert("replacing", batch)],
    ),
    "newest": Design(
        "MergeTree, argMax by id",
        "MergeTree",
        _newest("newest"),
        lambda batch: [_insert("newest", batch)],
        settles=False,
    ),
    "listed": Design(
        "MergeTree, set of replaced rows",
        "MergeTree",
        _outside("listed"),
        _listed,
        columns="number UInt8",
        loaded="1",
        before=(
            "CREATE TABLE listed_gone (month UInt32, merchant_id LowCardinality(String), "
            "row_id UInt64, number UInt8) ENGINE = MergeTree PARTITION BY month "
            "ORDER BY (merchant_id, row_id)",
        ),
        settles=False,
    ),
    "updated": Design(
        "MergeTree, UPDATE by patch parts",
        "MergeTree",
        _counting("updated"),
        _updated,
        settings=_PATCHES,
        before=(
            "CREATE TABLE fresh_values ENGINE = Join(ANY, LEFT, row_id) AS "
            "SELECT row_id, outcome, duration_ms FROM fresh",
        ),
    ),
    "deleted": Design(
        "MergeTree, DELETE by patch parts and insert",
        "MergeTree",
        _counting("deleted"),
        _deleted,
        settings=_PATCHES,
    ),
}
"""Every design by the name of its table; the first is the one taken, the others must agree."""

"""The statements that read calls and leads one by one: of given keys, or by their ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from callistics.catalog.measures import SETTLED
from callistics.catalog.success import is_reached
from callistics.compile.where import scope_conditions
from callistics.model.scope import Scope
from callistics.records.field import Kept, RecordField, RecordKind
from callistics.records.field_types import Storage
from callistics.records.fields import ALL_FIELDS
from callistics.sql.aggregates import there
from callistics.sql.dialect import Dialect, SqlRow
from callistics.sql.fragment import Sql, all_of, compose, instant, join, raw, text
from callistics.sql.selection import Frame, Source


@dataclass(frozen=True)
class Table:
    """A table of records and what is read of it, by name.

    `fields` are those that are columns, each with the column of its value.
    """

    name: str
    alias: str
    fields: tuple[tuple[RecordField, str], ...]
    more: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in their order."""
        return (*(field.name for field, _ in self.fields), *self.more)

    @cached_property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The names of those that are kept as whole numbers of a part, and of how many parts."""
        scales = ((field.name, field.type.scale) for field, _ in self.fields)
        return tuple((name, scale) for name, scale in scales if scale is not None)

    def columns(self, dialect: Dialect) -> list[Sql]:
        """The columns as select items; times as µs."""
        fields = (_read(dialect, f"{self.alias}.{name}", field) for field, name in self.fields)
        return [*fields, *(raw(f"{self.alias}.{name}") for name in self.more)]


def _read(dialect: Dialect, column: str, field: RecordField) -> Sql:
    return dialect.micros(raw(column)) if field.type.storage is Storage.INSTANT else raw(column)


def _columns(
    kind: RecordKind, settled: Mapping[str, str], *left_out: str
) -> tuple[tuple[RecordField, str], ...]:
    return tuple(
        (one, settled.get(one.name, one.stored_in))
        for one in ALL_FIELDS[kind].values()
        if one.kept is not Kept.EVENT and one.name not in left_out
    )


_SETTLED = {**SETTLED, "attempt": "attempt"}

CALLS = Table("calls", "c", _columns(RecordKind.CALLS, _SETTLED), ("payload_base",))
"""Calls that count."""
UNCOUNTED_CALLS = Table("calls_held", "c", _columns(RecordKind.CALLS, SETTLED), ())
"""Calls that are pending or tests: nothing of them is settled but their duration."""
LEADS = Table(
    "leads", "l", _columns(RecordKind.LEADS, {"payload": "payload_json"}, "updated_at"), ("status",)
)
"""Leads that exist."""
LEAD_RECORDS = Table("lead_records", "r", _columns(RecordKind.LEADS, {}), ())
"""What the leads' own records came to."""


def calls(frame: Frame, table: Table, chosen: Sql, starts: tuple[int, int] | None = None) -> Sql:
    """The calls of a table that meet a condition: its columns, `lead_key`, whether each is reached.

    `starts` are the first and last start (µs) that they may have, which saves looking further.
    """
    within = () if starts is None else (_between(starts),)
    columns = call_columns(frame, table)
    return _rows(frame.dialect, table, frame.selection.scope, columns, [*within, chosen])


def call_columns(frame: Frame, table: Table) -> list[Sql]:
    """What is read of a call: the table's columns, `lead_key`, whether it is reached."""
    beside = [raw(f"c.{name}") for name in frame.dialect.lead_key]
    return [*table.columns(frame.dialect), *beside, is_reached(frame)]


def of_leads(dialect: Dialect, alias: str, found: Sequence[SqlRow]) -> Sql:
    """The condition that a row of calls or leads is of one of the leads."""
    return dialect.among([raw(f"{alias}.{name}") for name in dialect.lead_key], found)


def statuses(dialect: Dialect, found: Sequence[SqlRow]) -> Sql:
    """The status of each of some leads, after its `lead_key`."""
    columns = [raw(f"l.{name}") for name in (*dialect.lead_key, "status")]
    return _rows(dialect, LEADS, None, columns, [of_leads(dialect, "l", found)])


def leads(dialect: Dialect, table: Table, scope: Scope | None, identity: "Identified") -> Sql:
    """The rows of a table of leads that have an id: its columns, and of `LEADS` the `lead_key`."""
    beside = [raw(f"l.{name}") for name in dialect.lead_key] if table is LEADS else []
    columns = [*table.columns(dialect), *beside]
    return _rows(dialect, table, scope, columns, list(identity.conditions(dialect, table)))


def calls_of_id(dialect: Dialect, table: Table, scope: Scope, identity: "Identified") -> Sql:
    """The merchants and starts (µs) of a table's calls that have an id."""
    columns = [raw("c.merchant_id"), dialect.micros(raw("c.started_at"))]
    return _rows(dialect, table, scope, columns, list(identity.conditions(dialect, table)))


def history(dialect: Dialect, table: Table, column: str, identity: "Identified") -> Sql:
    """The statuses of a lead and since when (µs) it had each, from a column of events."""
    alias = table.alias
    events = compose(
        f"SELECT {{}} AS e{_weighed(dialect, alias)} FROM {table.name} AS {alias}\nWHERE {{}}",
        dialect.each(raw(f"{alias}.{column}")),
        all_of(identity.conditions(dialect, table)),
    )
    since = dialect.micros(raw("h.e.since"))
    weight = None if dialect.weight(alias) is None else raw("h.w")
    return compose(
        "SELECT h.e.status, {}\nFROM ({}) AS h\nGROUP BY h.e.status, h.e.since{}",
        since,
        events,
        there(weight),
    )


def _weighed(dialect: Dialect, alias: str) -> str:
    return "" if dialect.weight(alias) is None else f", {dialect.weight(alias)} AS w"


@dataclass(frozen=True, slots=True)
class Identified:
    """Records of an id, of one merchant where one is named."""

    id_column: str
    identity: str
    merchant_id: str | None = None

    def conditions(self, dialect: Dialect, table: Table) -> Iterator[Sql]:
        """The conditions that a row of a table is of one of them."""
        yield dialect.has_id(table.alias, self.id_column, self.identity)
        if self.merchant_id is not None:
            yield compose(f"{table.alias}.merchant_id = {{}}", text(self.merchant_id))


def _between(starts: tuple[int, int]) -> Sql:
    return compose("c.started_at >= {} AND c.started_at <= {}", *map(instant, starts))


def _rows(
    dialect: Dialect,
    table: Table,
    scope: Scope | None,
    columns: Sequence[Sql],
    conditions: Sequence[Sql],
) -> Sql:
    """Rows of a table that are there, within a scope."""
    alias = table.alias
    limits = () if scope is None else scope_conditions(scope, alias, dialect)
    source = Source(raw(f"{table.name} AS {alias}"), dialect.weight(alias))
    return rows(source, columns, [*limits, *conditions])


def rows(source: Source, columns: Sequence[Sql], conditions: Sequence[Sql]) -> Sql:
    """The rows of a source that are there and meet all conditions, their columns as `v0`, `v1` ….

    Each counts once, whatever was cancelled before.
    """
    named = [compose(f"{{}} AS v{place}", one) for place, one in enumerate(columns)]
    names = ", ".join(f"v{place}" for place in range(len(columns)))
    grouped = "" if source.weight is None else f"\nGROUP BY {names}"
    return compose(
        f"SELECT {{}}\nFROM {{}}\nWHERE {{}}{grouped}{{}}",
        join(",\n       ", named),
        source.rows,
        all_of(conditions),
        there(source.weight),
    )

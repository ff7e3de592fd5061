"""The statements that find calls and leads of before an instant."""

from collections.abc import Sequence
from dataclasses import dataclass

from callistics.records.identity import Identity
from callistics.sql.aggregates import there
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, compose, instant, join, raw, text

_STARTS = {"calls": "c.started_at", "calls_held": "coalesce(c.started_at, c.updated_at)"}
_LEADS = {"calls": "c.lead_id", "calls_held": "coalesce(c.lead_id, c.call_id)"}


@dataclass(frozen=True, slots=True)
class Old:
    """Records of before an instant (µs), of some merchants or of all others."""

    before: int
    merchants: Sequence[str]
    others: bool = False

    def conditions(
        self, dialect: Dialect, alias: str, time: str, own: str, after: Identity | None
    ) -> Sql:
        """The condition that a row is one of them, behind `after`; `own` is the id in its table."""
        named = dialect.is_in(raw(f"{alias}.merchant_id"), self.merchants)
        whose = compose("NOT ({})", named) if self.others else named
        if not self.merchants:
            whose = raw("TRUE")
        behind = raw("TRUE")
        if after is not None:
            merchant, last = map(text, after)
            behind = compose(
                f"({alias}.merchant_id > {{}}"
                f" OR ({alias}.merchant_id = {{}} AND {alias}.{own} > {{}}))",
                merchant,
                merchant,
                last,
            )
        return compose(f"{time} < {{}} AND {{}} AND {{}}", instant(self.before), whose, behind)


def old_calls(dialect: Dialect, old: Old, after: Identity | None, limit: int) -> Sql:
    """The next so many (merchant_id, call_id) of old calls, also of those that do not count.

    A call without a start is as old as the newest of its records, as far as a column tells.
    """
    weight = dialect.weight("c")
    grouped = "" if weight is None else "\nGROUP BY c.merchant_id, c.call_id"
    parts = [
        compose(
            f"SELECT c.merchant_id, c.call_id\nFROM {table} AS c\nWHERE {{}}{grouped}{{}}",
            old.conditions(dialect, "c", time, "call_id", after),
            there(weight),
        )
        for table, time in _STARTS.items()
    ]
    return compose(
        f"SELECT * FROM ({{}}) AS old\nORDER BY merchant_id, call_id\nLIMIT {limit}",
        join("\nUNION ALL\n", parts),
    )


def old_leads(dialect: Dialect, old: Old, after: Identity | None, limit: int) -> Sql:
    """The next so many (merchant_id, lead_id) of leads whose fields are old, and without a call.

    A status may be newer than the fields, which no column tells.
    """
    weight = dialect.weight("r")
    grouped = "" if weight is None else "\nGROUP BY r.merchant_id, r.lead_id"
    called = [
        compose(
            f"(r.merchant_id, r.lead_id) NOT IN (SELECT c.merchant_id, {lead} FROM {table} AS c"
            f"{_grouped(dialect, lead)}{{}})",
            there(dialect.weight("c")),
        )
        for table, lead in _LEADS.items()
    ]
    return compose(
        f"SELECT r.merchant_id, r.lead_id\nFROM lead_records AS r\nWHERE {{}} AND {{}}{grouped}{{}}"
        f"\nORDER BY r.merchant_id, r.lead_id\nLIMIT {limit}",
        old.conditions(dialect, "r", "r.updated_at", "lead_id", after),
        join(" AND ", called),
        there(weight),
    )


def _grouped(dialect: Dialect, lead: str) -> str:
    return "" if dialect.weight("c") is None else f" GROUP BY c.merchant_id, {lead}"

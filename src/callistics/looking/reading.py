"""Reading calls from one state of the records: of given keys, with what their leads say of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from callistics.compile.records import CALLS, UNCOUNTED_CALLS, Table, calls, statuses
from callistics.interruption import watched
from callistics.looking.shape import REACHED, Shown, ordered, values_of
from callistics.model.payload import overlaid
from callistics.records.field import RecordKind
from callistics.sql.dialect import Dialect, Run, SqlRow, SqlValue
from callistics.sql.fragment import Sql
from callistics.sql.selection import Frame

LeadKey = tuple[SqlValue, ...]


def counted_calls(
    frame: Frame, run: Run, chosen: Sql, starts: tuple[int, int] | None = None
) -> list[dict[str, Shown]]:
    """The calls that count and meet a condition, settled, in any order.

    `starts` are the first and last start (µs) that they may have.
    """
    return settled_calls(frame, run, run(frame.dialect.render(calls(frame, CALLS, chosen, starts))))


def settled_calls(frame: Frame, run: Run, rows: Sequence[SqlRow]) -> list[dict[str, Shown]]:
    """The calls that count of rows of them, settled, in the same order."""
    dialect, first = frame.dialect, len(CALLS.names)
    of = [tuple(row[first : first + len(dialect.lead_key)]) for row in rows]
    status = _statuses(dialect, run, of)
    return [
        _settled(CALLS, row, status.get(lead), None)
        for row, lead in watched(zip(rows, of, strict=True))
    ]


def uncounted_call(
    frame: Frame, run: Run, chosen: Sql, lead: Callable[[str, str], Mapping[str, Shown] | None]
) -> dict[str, Shown]:
    """The one call that meets a condition among those that are pending or tests.

    `lead` gives the lead of a merchant's id that it would belong to, None where there is none.
    """
    ((row),) = run(frame.dialect.render(calls(frame, UNCOUNTED_CALLS, chosen)))
    values = values_of(UNCOUNTED_CALLS, row)
    of = lead(str(values["merchant_id"]), str(values["lead_id"])) or {}
    return _settled(UNCOUNTED_CALLS, row, of.get("status"), of.get("payload"))


def _settled(table: Table, row: SqlRow, status: Shown, payload: Shown) -> dict[str, Shown]:
    """A call with its lead's status, and its own payload over the lead's."""
    values = values_of(table, row)
    base = values.get("payload_base", payload)
    values["status"] = status
    values["payload"] = overlaid(_text(base), _text(values["payload"]))
    return {**ordered(RecordKind.CALLS, values), REACHED: bool(row[-1])}


def _text(value: Shown) -> str | None:
    return None if value is None else str(value)


def _statuses(dialect: Dialect, run: Run, leads: Iterable[LeadKey]) -> Mapping[LeadKey, Shown]:
    wanted = list(dict.fromkeys(leads))
    if not wanted:
        return {}
    rows = run(dialect.render(statuses(dialect, wanted)))
    return {tuple(row[:-1]): row[-1] for row in rows}

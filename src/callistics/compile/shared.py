"""The rows that a selection matches, kept apart for several statements that count them."""

import re
from collections.abc import Iterable, Sequence, Set

from callistics.catalog.rollups import Key, Rollup
from callistics.compile.select import source, step_of
from callistics.compile.where import where
from callistics.sql.fragment import Sql, compose, join, raw
from callistics.sql.selection import Frame, Source, Unit

# What a row stands for where rows were counted before: of no table of records.
_COUNTED = "n"


def kept(frame: Frame, table: str) -> Source:
    """A table with the rows of a selection, as the source of its statements."""
    alias = frame.selection.unit.alias
    return Source(raw(f"{table} AS {alias}"), frame.dialect.weight(alias))


def kept_counts(unit: Unit, table: str, step: int) -> Source:
    """A table with counts of a selection's rows, as the source of its statements."""
    return Source(raw(f"{table} AS {unit.alias}"), raw(f"{unit.alias}.{_COUNTED}"), step)


def columns_read(unit: Unit, statement: Sql) -> set[str]:
    """The columns of the unit's table that a statement names; all go by the table's alias."""
    text = "".join(part for part in statement.parts if isinstance(part, str))
    return set(re.findall(rf"\b{unit.alias}\.([a-z_]+)", text)) - {_COUNTED}


def matching(frame: Frame, columns: Iterable[str], limit: int) -> Sql:
    """The rows that match, with these columns; one more than `limit` at most."""
    alias = frame.selection.unit.alias
    named = ", ".join(f"{alias}.{column}" for column in sorted(columns))
    rows = compose("{}\nWHERE {}", source(frame, ()), where(frame))
    return compose(f"SELECT {named}\nFROM {{}}\nLIMIT {limit + 1}", rows)


def counts(frame: Frame, rollups: Sequence[Rollup], step: int, columns: Set[str]) -> Sql:
    """The rows that match, summed up by the keys of roll-ups and by steps of time.

    Of their columns it has those that are named, and the number of records. Where there are
    roll-ups each row of the records counts once.
    """
    unit = frame.selection.unit
    keys = {unit.time_column: frame.dialect.from_micros(step_of(frame, step))}
    sums: dict[str, Sql] = {}
    for rollup in rollups:
        keys |= {key.name: _value(frame, key) for key in rollup.keys}
        sums |= {name: raw(f"sum({value})") for name, value in rollup.figures("1").items()}
    by = [value for name, value in keys.items() if name in columns]
    asked = {name: value for name, value in (keys | sums).items() if name in {*columns, _COUNTED}}
    return compose(
        "SELECT {}\nFROM {}\nWHERE {}{}",
        join(", ", [compose(f"{{}} AS {name}", value) for name, value in asked.items()]),
        source(frame, ()),
        where(frame),
        compose("\nGROUP BY {}", join(", ", by)) if by else raw(""),
    )


def _value(frame: Frame, key: Key) -> Sql:
    if key.value is not None:
        return key.value(frame.dialect)
    return raw(f"{frame.selection.unit.alias}.{key.name}")

"""The rows that a selection matches, kept apart for several statements that count them."""

import re
from collections.abc import Iterable

from callistics.compile.select import source
from callistics.compile.where import where
from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Frame, Source, Unit

# What a row stands for where rows were counted before: of no table of records.
_COUNTED = "n"


def kept(frame: Frame, table: str) -> Source:
    """A table with the rows of a selection, as the source of its statements."""
    alias = frame.selection.unit.alias
    return Source(raw(f"{table} AS {alias}"), frame.dialect.weight(alias))


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

"""The values of a field among the calls that are selected, most frequent first."""

from callistics.catalog.dimensions import PAYLOAD_PREFIX, Dimension, payload_key
from callistics.compile.select import condition, expression, group_by, source
from callistics.model.any_case import any_case
from callistics.sql.aggregates import count
from callistics.sql.fragment import Sql, all_of, compose, raw
from callistics.sql.selection import Frame


def values(frame: Frame, field: Dimension, prefix: str, limit: int) -> Sql:
    """Rows of (value, calls): how many calls a filter by the value finds.

    Values are those that begin with the prefix, whatever its case; absence is none. A list in a
    payload has the values of its elements, each once.
    """
    wanted = [raw("k0 IS NOT NULL")]
    if prefix:
        wanted.append(frame.dialect.begins_like(raw("k0"), any_case(prefix)))
    return compose(
        f"SELECT k0, n\nFROM ({{}}) AS counted\nWHERE {{}}\nORDER BY n DESC, k0\nLIMIT {limit}",
        _counted(frame, field),
        all_of(wanted),
    )


def _counted(frame: Frame, field: Dimension) -> Sql:
    rows = compose("{}\nWHERE {}", source(frame, [field]), condition(frame, None))
    single = compose(
        "SELECT {} AS k0, {} AS n\nFROM {}\n{}",
        expression(frame, field),
        count(frame),
        rows,
        group_by(frame, 1),
    )
    elements = _elements(frame, field, rows)
    if elements is None:
        return single
    both = compose("{}\nUNION ALL\n{}", single, elements)
    return compose("SELECT k0, sum(n) AS n FROM ({}) AS found GROUP BY k0", both)


def _elements(frame: Frame, field: Dimension, rows: Sql) -> Sql | None:
    """The same of the elements of lists; None where a field has none."""
    key = payload_key(field.name) if field.name.startswith(PAYLOAD_PREFIX) else None
    texts = None if key is None else frame.payloads.element_texts("c", key)
    if key is None or texts is None:
        return None
    each = compose(
        "SELECT {} AS k0, {} AS w\nFROM {}\n  AND {}",
        frame.dialect.each(texts),
        frame.source.weight or raw("1"),
        rows,
        frame.payloads.is_list("c", key),
    )
    return compose("SELECT k0, sum(w) AS n\nFROM ({}) AS had\nGROUP BY k0\nHAVING sum(w) > 0", each)

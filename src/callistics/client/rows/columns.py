"""What the columns of an answer are, by the definitions of the query types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Type = Literal["string", "integer", "boolean", "decimal"]
_MOST_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Column:
    """A column: buckets are text, the server's own label; a decimal has its number of digits."""

    name: str
    type: Type
    digits: int = 0
    decimals: int = 0


def columns_of(query: Mapping[str, Any], rows: Sequence[Mapping[str, object]]) -> list[Column]:
    """The columns of the rows of a query, in order; of no rows those that it would have.

    A type that this version does not know has columns of what its values are.
    """
    defined = _defined(query)
    names = dict.fromkeys(name for row in rows for name in row) if rows else defined
    return [defined.get(name) or _seen(name, [row.get(name) for row in rows]) for name in names]


def _defined(query: Mapping[str, Any]) -> dict[str, Column]:
    # Loaded here: most answers are never made tables of.
    from callistics.catalog.dimensions import GROUPABLE, payload_dimension  # noqa: PLC0415
    from callistics.queries import registry  # noqa: PLC0415

    kind = registry().get(query["query_type"])
    if kind is None:
        return {}
    groups = [
        GROUPABLE.get(name) or payload_dimension(name.partition(".")[2])
        for name in query.get("group_by") or ()
    ]
    found = {one.name: Column(one.name, _simple(one.type)) for one in groups}
    before = kind.previous_columns if query.get("compare") else []
    split = query.get("measure") == "cost"
    for one in (*kind.columns, *before):
        if one.optional and one not in before and not split:
            continue
        digits = one.digits
        found[one.name] = (
            Column(one.name, _simple(one.type))
            if digits is None
            else Column(one.name, "decimal", digits.all, digits.decimals)
        )
    return found


def _simple(json_type: str) -> Type:
    known: dict[str, Type] = {"integer": "integer", "boolean": "boolean"}
    return known.get(json_type.partition("|")[0], "string")


def _seen(name: str, values: Sequence[object]) -> Column:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return Column(name, "boolean")
    if known and all(isinstance(value, int) for value in known):
        return Column(name, "integer")
    if known and all(isinstance(value, int | Decimal) for value in known):
        decimals = max(-int(Decimal(str(value)).as_tuple().exponent) for value in known)
        return Column(name, "decimal", _MOST_DIGITS, max(decimals, 0))
    return Column(name, "string")

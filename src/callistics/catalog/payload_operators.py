"""The operators of conditions on a payload: their meaning, an operand, the schema of operands."""

from collections.abc import Mapping
from dataclasses import dataclass

SCALARS = ["string", "number", "boolean"]
_ANY: Mapping[str, object] = {"type": [*SCALARS, "null"]}
_LIST: Mapping[str, object] = {"type": "array", "minItems": 1, "items": _ANY}
_ORDERED: Mapping[str, object] = {"type": ["string", "number"]}
_TEXT: Mapping[str, object] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: when a value matches, an operand as example, and the schema of operands."""

    name: str
    help: str
    example: object
    schema: Mapping[str, object]


_DECLARED = (
    Operator(
        "eq", "equal in canonical text; `null` means the key is absent or null", "Delhi", _ANY
    ),
    Operator("ne", "not equal; also matches records that lack the key", "Delhi", _ANY),
    Operator("in", "equal to one of the list", ["Delhi", "Mumbai"], _LIST),
    Operator(
        "not_in", "equal to none of the list; also where the key is missing", ["trial"], _LIST
    ),
    Operator("gt", "greater: numbers by value, dates by time", 30, _ORDERED),
    Operator("gte", "greater or equal", "2025-01-01", _ORDERED),
    Operator("lt", "less", 65.5, _ORDERED),
    Operator("lte", "less or equal", "2025-01-31", _ORDERED),
    Operator("contains", "the text occurs in the value, exact case", "road", _TEXT),
    Operator("starts_with", "the value begins with the text, exact case", "11", _TEXT),
    Operator(
        "exists", "`true`: there and not null; `false`: absent or null", True, {"type": "boolean"}
    ),
)
OPERATORS: Mapping[str, Operator] = {one.name: one for one in _DECLARED}
"""Every operator by its name."""

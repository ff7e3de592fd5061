"""The query parameters of `GET /analytics/values`."""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.catalog.dimensions import PAYLOAD_PREFIX, Dimension
from callistics.catalog.values import VALUED, valued
from callistics.errors import Problem, did_you_mean, invalid, malformed
from callistics.model.parameters import LIMIT, read_limit, refused
from callistics.model.payload import MAX_KEY_LENGTH

PARAMETERS = ("field", "prefix", LIMIT)
DEFAULT_LIMIT, MAX_LIMIT = 50, 1_000
MAX_PREFIX = 200
VALUE_FIELDS = (*VALUED, PAYLOAD_PREFIX + "<key>")
"""What `field` may name."""


@dataclass(frozen=True, slots=True)
class ValuesRequest:
    """Which values are asked for: of which field, how they begin, and how many at most."""

    field: Dimension
    prefix: str = ""
    limit: int = DEFAULT_LIMIT


def parse_values(given: Mapping[str, str]) -> ValuesRequest:
    """Check the parameters. Raises `Refused` with every problem of them."""
    problems: list[Problem] = []
    field = _field(given.get("field"), problems)
    prefix = given.get("prefix", "")
    if len(prefix) > MAX_PREFIX:
        problems.append(invalid("", f"prefix has more than {MAX_PREFIX} characters", prefix))
    limit = read_limit(given, DEFAULT_LIMIT, MAX_LIMIT, problems)
    if problems or field is None:
        raise refused(problems)
    return ValuesRequest(field, prefix, limit)


def _field(name: str | None, problems: list[Problem]) -> Dimension | None:
    if name is None:
        problems.append(malformed("", f"field is required: one of {', '.join(VALUE_FIELDS)}"))
        return None
    found = valued(name)
    if found is None:
        problems.append(malformed("", _unknown(name), name))
    return found


def _unknown(name: str) -> str:
    if name.startswith(PAYLOAD_PREFIX):
        return f"field: a payload key has 1 to {MAX_KEY_LENGTH} characters"
    hint = did_you_mean(name, VALUE_FIELDS)
    return f"unknown field{hint or '; one of ' + ', '.join(VALUE_FIELDS)}"

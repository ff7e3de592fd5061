"""From the body of `POST /analytics/batch` to its queries, each still to be checked by itself."""

from callistics.errors import NOTHING, Problem, Refused, malformed, pointer
from callistics.model.bodies import Object, read_object, unknown_fields
from callistics.model.json import as_list, as_object

FIELD = "queries"
MAX_QUERIES = 50


def parse_batch(body: bytes) -> list[Object]:
    """The queries of a batch, decoded. Raises `Refused` where it is no list of queries."""
    given = read_object(body)
    problems = unknown_fields(given, (FIELD,))
    queries = _queries(given, problems)
    if problems:
        raise Refused(problems)
    return queries


def _queries(given: Object, problems: list[Problem]) -> list[Object]:
    sent = given.get(FIELD)
    items = as_list(sent)
    if items is None:
        message = f"required: a list of 1 to {MAX_QUERIES} queries"
        problems.append(malformed(pointer(FIELD), message, given.get(FIELD, NOTHING)))
        return []
    if not 0 < len(items) <= MAX_QUERIES:
        message = f"must have 1 to {MAX_QUERIES} queries, not {len(items):,}"
        problems.append(malformed(pointer(FIELD), message))
        return []
    found = [as_object(item) for item in items]
    problems += [
        malformed(pointer(FIELD, place), "must be a JSON object", item)
        for place, item in enumerate(items)
        if found[place] is None
    ]
    return [item for item in found if item is not None]

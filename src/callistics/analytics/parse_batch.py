"""From the body of `POST /analytics/batch` to its questions, each still to be checked by itself."""

from callistics.analytics.parse_body import Object, read_object
from callistics.errors import NOTHING, Problem, Refused, malformed, pointer, unknown_names
from callistics.model.json import as_list, as_object

FIELD = "queries"
MAX_QUERIES = 50


def parse_batch(body: bytes) -> list[Object]:
    """The questions of a batch, decoded. Raises `Refused` where it is no list of questions."""
    given = read_object(body)
    problems = [
        malformed(pointer(name), f"unknown field{hint}", given[name])
        for name, hint in unknown_names(given, (FIELD,))
    ]
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

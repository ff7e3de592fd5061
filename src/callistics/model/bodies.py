"""JSON bodies of requests, and the checks that more than one of them needs."""

from collections.abc import Collection, Mapping

from callistics.errors import Problem, Refused, invalid, malformed, pointer, unknown_names
from callistics.model.json import NotJsonError, as_list, as_object, decode
from callistics.texts import is_one_line

Object = Mapping[str, object]
MAX_NAME = 200
"""Characters of a name that people give to something."""


def read_object(body: bytes) -> Object:
    """The JSON object that a body is. Raises `Refused`."""
    try:
        decoded = decode(body)
    except NotJsonError as error:
        raise Refused([malformed("", str(error))]) from None
    given = as_object(decoded)
    if given is None:
        raise Refused([malformed("", "the body must be a JSON object", decoded)])
    return given


def unknown_fields(given: Object, known: Collection[str], at: str = "") -> list[Problem]:
    """A problem for each field that no such object has; `at` is the pointer to the object."""
    return [
        malformed(at + pointer(name), f"unknown field{hint}", given[name])
        for name, hint in unknown_names(given, known)
    ]


def read_texts(value: object, at: str, problems: list[Problem]) -> tuple[str, ...] | None:
    """The strings of a list; None, and a problem, where the value is no list of strings."""
    items = as_list(value)
    texts = tuple(item for item in items or () if isinstance(item, str))
    if items is None or len(texts) < len(items):
        problems.append(malformed(at, "must be a list of strings", value))
        return None
    return texts


def read_name(value: object, problems: list[Problem]) -> str:
    """The field `name`: one line, as it is shown in terminals and in the audit log."""
    if not isinstance(value, str):
        problems.append(malformed("/name", "required: a string", value))
        return ""
    if not value.strip() or len(value) > MAX_NAME:
        problems.append(invalid("/name", f"must have 1 to {MAX_NAME} characters", value))
    elif not is_one_line(value):
        problems.append(invalid("/name", "must be one line", value))
    return value.strip()

"""The body of `POST /keys`, checked whole."""

from dataclasses import dataclass

from callistics.errors import (
    NOTHING,
    Problem,
    Refused,
    forbidden,
    invalid,
    malformed,
    pointer,
    unknown_names,
)
from callistics.model.instants import LAST_WRITTEN, parse_iso
from callistics.model.json import NotJsonError, as_list, as_object, decode
from callistics.model.keys import Permission
from callistics.model.scope import SCOPED, Scope
from callistics.model.zones import zone
from callistics.texts import is_one_line

FIELDS = ("name", "permissions", "scope", "expires_at")
SCOPE_FIELDS = tuple(f"{name}s" for name in SCOPED)
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A valid request for a new key."""

    name: str
    permissions: frozenset[Permission]
    scope: Scope
    expires_at: int | None


def parse_key_request(body: bytes, creator: Scope, now: int) -> KeyRequest:
    """Check the body. Raises `Refused` with every problem, what exceeds the creator's scope too."""
    try:
        raw = decode(body)
    except NotJsonError as error:
        raise Refused([malformed("", str(error))]) from None
    given = as_object(raw)
    if given is None:
        raise Refused([malformed("", "the body must be a JSON object", raw)])
    problems = [
        malformed(pointer(name), f"unknown field{hint}", given[name])
        for name, hint in unknown_names(given, FIELDS)
    ]
    request = KeyRequest(
        _name(given.get("name", NOTHING), problems),
        _permissions(given.get("permissions", NOTHING), problems),
        parse_scope(given.get("scope"), problems),
        _expiry(given.get("expires_at"), now, problems),
    )
    check_excess(creator, request.scope, problems)
    if problems:
        raise Refused(problems)
    return request


def check_excess(creator: Scope, wanted: Scope, problems: list[Problem]) -> None:
    """Who asks may make a key or token for what he may see; lists that are wrong are left out."""
    wrong = {problem.pointer for problem in problems}
    for name, allowed in creator.limits():
        at, ids = pointer("scope", f"{name}s"), wanted.allowed(name)
        if "/scope" in wrong or at in wrong:
            continue
        if ids is None:
            message = "required: the key that asks is limited by such a list itself"
            problems.append(forbidden(at, message))
        elif not ids <= allowed:
            message = "exceeds the scope of the key that asks"
            problems.append(forbidden(at, message, sorted(ids)))


def _name(value: object, problems: list[Problem]) -> str:
    if not isinstance(value, str):
        problems.append(malformed("/name", "required: a string", value))
        return ""
    if not value.strip() or len(value) > MAX_NAME:
        problems.append(invalid("/name", f"must have 1 to {MAX_NAME} characters", value))
    elif not is_one_line(value):
        # It is shown in terminals, and in the audit log.
        problems.append(invalid("/name", "must be one line", value))
    return value.strip()


def _permissions(value: object, problems: list[Problem]) -> frozenset[Permission]:
    known = ", ".join(Permission)
    names = as_list(value)
    if names is None:
        problems.append(malformed("/permissions", f"required: a list of {known}", value))
        return frozenset()
    if not names:
        problems.append(invalid("/permissions", "a key needs at least one permission", value))
    found: set[Permission] = set()
    for index, name in enumerate(names):
        try:
            found.add(Permission(str(name)))
        except ValueError:
            at = pointer("permissions", index)
            problems.append(malformed(at, f"must be one of {known}", name))
    return frozenset(found)


def parse_scope(value: object, problems: list[Problem]) -> Scope:
    """Lists of ids; what is wrong is added to `problems`, under `/scope`."""
    if value is None:
        return Scope()
    given = as_object(value)
    if given is None:
        problems.append(malformed("/scope", "must be an object", value))
        return Scope()
    for name, hint in unknown_names(given, SCOPE_FIELDS):
        problems.append(malformed(pointer("scope", name), f"unknown field{hint}", given[name]))
    return Scope(*(_ids(name, given.get(name), problems) for name in SCOPE_FIELDS))


def _ids(name: str, value: object, problems: list[Problem]) -> frozenset[str] | None:
    if value is None:
        return None
    at = pointer("scope", name)
    items = as_list(value)
    texts = [item for item in items or () if isinstance(item, str)]
    if items is None or len(texts) < len(items):
        problems.append(malformed(at, "must be a list of strings", value))
        return None
    if not items:
        problems.append(invalid(at, "is empty: leave it out for no limit", value))
    return frozenset(texts)


def _expiry(value: object, now: int, problems: list[Problem]) -> int | None:
    if value is None:
        return None
    if not isinstance(value, str):
        problems.append(malformed("/expires_at", "must be a string", value))
        return None
    try:
        moment = zone("UTC").begin_of(parse_iso(value))
    except ValueError as error:
        problems.append(invalid("/expires_at", str(error), value))
        return None
    if moment > LAST_WRITTEN:
        problems.append(invalid("/expires_at", "lies too far away", value))
    elif moment <= now:
        problems.append(invalid("/expires_at", "lies in the past", value))
    return moment

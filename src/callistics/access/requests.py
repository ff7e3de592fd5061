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
)
from callistics.model.bodies import read_name, read_object, read_texts, unknown_fields
from callistics.model.instants import LAST_WRITTEN, parse_iso
from callistics.model.json import as_list, as_object
from callistics.model.keys import Permission
from callistics.model.scope import SCOPE_LISTS, Scope
from callistics.model.zones import zone

FIELDS = ("name", "permissions", "scope", "expires_at")


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A valid request for a new key."""

    name: str
    permissions: frozenset[Permission]
    scope: Scope
    expires_at: int | None


def parse_key_request(body: bytes, creator: Scope, now: int) -> KeyRequest:
    """Check the body. Raises `Refused` with every problem, what exceeds the creator's scope too."""
    given = read_object(body)
    problems = unknown_fields(given, FIELDS)
    request = KeyRequest(
        read_name(given.get("name", NOTHING), problems),
        _permissions(given.get("permissions", NOTHING), problems),
        parse_scope(given.get("scope"), problems),
        _expiry(given.get("expires_at"), now, problems),
    )
    check_excess(creator, request.scope, problems)
    if problems:
        raise Refused(problems)
    return request


def check_excess(creator: Scope, wanted: Scope, problems: list[Problem]) -> None:
    """A key may make keys and tokens for what it may see; lists that are wrong are left out."""
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
    problems += unknown_fields(given, SCOPE_LISTS, "/scope")
    return Scope(*(_ids(name, given.get(name), problems) for name in SCOPE_LISTS))


def _ids(name: str, value: object, problems: list[Problem]) -> frozenset[str] | None:
    if value is None:
        return None
    at = pointer("scope", name)
    ids = read_texts(value, at, problems)
    if ids is None:
        return None
    if not ids:
        problems.append(invalid(at, "is empty: leave it out for no limit", value))
    return frozenset(ids)


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

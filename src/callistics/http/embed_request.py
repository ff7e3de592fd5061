"""The body of `POST /embed-tokens`, checked whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from callistics.access.claims import LOCKED_FIELDS, MAX_SECONDS
from callistics.access.requests import check_excess, parse_scope
from callistics.analytics.locked import locked_problems
from callistics.errors import (
    NOTHING,
    Problem,
    Refused,
    invalid,
    malformed,
    pointer,
)
from callistics.model.bodies import Object, read_object, read_texts, unknown_fields
from callistics.model.json import as_object, decode, encode, whole_number
from callistics.model.scope import SCOPE_LISTS, Locked, Scope
from callistics.setting_types import is_origin

FIELDS = ("scope", "expires_in", "locked", "origins")
DEFAULT_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """A valid request for a token that lasts so many seconds; `scope` has what is locked."""

    scope: Scope
    seconds: int
    origins: tuple[str, ...] | None

    @property
    def claims(self) -> Mapping[str, object]:
        """What the token says beside who made it and when."""
        found: dict[str, object] = {"scope": self.scope.as_lists()}
        if self.scope.locked is not None:
            locked = self.scope.locked
            zone = {} if locked.timezone is None else {"timezone": locked.timezone}
            found["locked"] = {"filters": decode(locked.filters), **zone}
        if self.origins is not None:
            found["origins"] = self.origins
        return found


def parse_embed_request(body: bytes, creator: Scope, default_zone: str, now: int) -> EmbedRequest:
    """Check the body. Raises `Refused` with every problem, what exceeds the creator's scope too."""
    given = read_object(body)
    problems = unknown_fields(given, FIELDS)
    scope = _scope(given, creator, problems)
    locked = _locked(given.get("locked"), problems)
    if locked is not None:
        found = locked_problems(locked, scope, default_zone, now)
        problems += [replace(one, pointer=f"/locked{one.pointer}") for one in found]
    request = EmbedRequest(
        replace(scope, locked=locked),
        _seconds(given.get("expires_in"), problems),
        _origins(given.get("origins"), problems),
    )
    if problems:
        raise Refused(problems)
    return request


def _scope(given: Object, creator: Scope, problems: list[Problem]) -> Scope:
    value = given.get("scope")
    if value is None:
        message = f"required: an object with some of {', '.join(SCOPE_LISTS)}"
        problems.append(malformed("/scope", message, given.get("scope", NOTHING)))
        return Scope()
    found: list[Problem] = []
    scope = parse_scope(value, found)
    if not found and not any(scope.limits()):
        found.append(invalid("/scope", "needs at least one list", value))
    check_excess(creator, scope, found)
    problems += found
    return scope


def _locked(value: object, problems: list[Problem]) -> Locked | None:
    if value is None:
        return None
    given = as_object(value)
    if given is None:
        problems.append(malformed("/locked", "must be an object", value))
        return None
    problems += unknown_fields(given, LOCKED_FIELDS, "/locked")
    filters, timezone = given.get("filters"), given.get("timezone")
    if filters is not None and as_object(filters) is None:
        problems.append(malformed("/locked/filters", "must be an object", filters))
        filters = None
    if timezone is not None and not isinstance(timezone, str):
        problems.append(malformed("/locked/timezone", "must be a string", timezone))
        timezone = None
    return Locked(encode({} if filters is None else filters), timezone)


def _seconds(value: object, problems: list[Problem]) -> int:
    if value is None:
        return DEFAULT_SECONDS
    number = whole_number(value)
    if number is None:
        problems.append(malformed("/expires_in", "must be a whole number of seconds", value))
    elif not 1 <= number <= MAX_SECONDS:
        message = f"must be from 1 to {MAX_SECONDS:,} seconds"
        problems.append(invalid("/expires_in", message, value))
    else:
        return number
    return DEFAULT_SECONDS


def _origins(value: object, problems: list[Problem]) -> tuple[str, ...] | None:
    if value is None:
        return None
    origins = read_texts(value, "/origins", problems)
    if origins is None:
        return None
    if not origins:
        problems.append(invalid("/origins", "is empty: leave it out for no limit", value))
    for place, origin in enumerate(origins):
        if not is_origin(origin):
            message = "must be an origin such as https://shop.example, in lower case and no more"
            problems.append(invalid(pointer("origins", place), message, origin))
    return origins

"""The claims of a token: what it says it may see, since when, until when, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from callistics.access.requests import parse_scope
from callistics.errors import Problem, Unauthorized, malformed, pointer, unknown_names
from callistics.model.instants import SECOND
from callistics.model.json import NotJsonError, as_list, as_object, decode, encode
from callistics.model.scope import SCOPE_LISTS, Locked, Scope

MAX_SECONDS = 86_400
"""The longest that a token may last."""
_LEEWAY = 30 * SECOND
# Registered names, and those that say what the token may see. What nobody would read is refused:
# a lock whose name is misspelt would lock nothing.
_NAMES = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "locked", "origins")
LOCKED_FIELDS = ("filters", "timezone")
# A date that no calendar has is none that could be compared with now.
_LATEST = 10**12


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token whose signature is right says. Instants are µs; `name` tells it from others.

    `origins` are the only ones that it may be sent from, None where it may come from any.
    """

    name: str
    scope: Scope
    expires_at: int
    origins: tuple[str, ...] | None = None


def claims_of(payload: bytes) -> Mapping[str, object]:
    """The claims as they are written. Raises `Unauthorized`."""
    try:
        found = as_object(decode(payload))
    except NotJsonError:
        found = None
    if found is None:
        raise wrong_claim("", "the claims must be a JSON object")
    return found


def checked(given: Mapping[str, object], audience: str | None, now: int) -> Claims:
    """The claims, checked at an instant (µs). Raises `Unauthorized`."""
    for name, hint in unknown_names(given, _NAMES):
        raise wrong_claim(pointer(name), f"unknown claim{hint}")
    _check_audience(given, audience)
    expires = _check_times(given, now)
    return Claims(_name(given), _scope(given), expires, _origins(given))


def wrong_claim(claim: str, message: str) -> Unauthorized:
    """What is wrong with a claim, as a field: of these the log shows no words of a client's own."""
    problem = malformed(claim, message)
    return Unauthorized(f"the token is not valid: {claim} {message}", [problem])


def _check_audience(given: Mapping[str, object], audience: str | None) -> None:
    named = given.get("aud")
    if audience is None and "aud" not in given:
        return
    if audience is None or audience not in (as_list(named) or [named]):
        raise wrong_claim("/aud", "names another audience")


def _check_times(given: Mapping[str, object], now: int) -> int:
    """When it ends. What begins may be ahead by the leeway: clocks differ."""
    expires, issued = _time(given, "exp"), _time(given, "iat")
    begins = _time(given, "nbf") if "nbf" in given else issued
    if expires - issued > MAX_SECONDS * SECOND:
        raise wrong_claim("/exp", f"lies more than {MAX_SECONDS:,} seconds after iat")
    if expires <= now:
        raise Unauthorized("the token has expired")
    if max(issued, begins) > now + _LEEWAY:
        raise wrong_claim("/nbf" if begins > issued else "/iat", "lies in the future")
    return expires


def _time(given: Mapping[str, object], name: str) -> int:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or abs(value) > _LATEST:
        raise wrong_claim(pointer(name), "must be a time in seconds")
    return int(value * SECOND)


def _name(given: Mapping[str, object]) -> str:
    for name in ("jti", "sub"):
        value = given.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise wrong_claim(pointer(name), "must be a text that is not empty")
    return str(given.get("jti") or given.get("sub") or "")


def _scope(given: Mapping[str, object]) -> Scope:
    """The scope with what is locked: a list that is absent beside another is no limit."""
    lists = as_object(given.get("scope"))
    if not lists or None in lists.values():
        raise wrong_claim("/scope", f"must be an object with some of {', '.join(SCOPE_LISTS)}")
    problems: list[Problem] = []
    scope = parse_scope(lists, problems)
    for problem in problems:
        raise wrong_claim(problem.pointer, problem.message)
    return replace(scope, locked=_locked(given))


def _locked(given: Mapping[str, object]) -> Locked | None:
    if "locked" not in given:
        return None
    parts = as_object(given["locked"])
    if parts is None:
        raise wrong_claim("/locked", "must be an object")
    for name, hint in unknown_names(parts, LOCKED_FIELDS):
        raise wrong_claim(pointer("locked", name), f"unknown field{hint}")
    filters, timezone = parts.get("filters", {}), parts.get("timezone", "")
    if as_object(filters) is None:
        raise wrong_claim("/locked/filters", "must be an object")
    if not isinstance(timezone, str):
        raise wrong_claim("/locked/timezone", "must be a string")
    return Locked(encode(filters), timezone if "timezone" in parts else None)


def _origins(given: Mapping[str, object]) -> tuple[str, ...] | None:
    if "origins" not in given:
        return None
    items = as_list(given["origins"])
    texts = [item for item in items or () if isinstance(item, str)]
    if items is None or len(texts) < len(items):
        raise wrong_claim("/origins", "must be a list of strings")
    return tuple(texts)

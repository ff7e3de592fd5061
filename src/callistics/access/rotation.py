"""Keys that follow others: the body of `POST /keys/{id}/rotate`, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.access.keyring import Keyring, NewKey, make_key
from callistics.errors import Problem, Refused, invalid, malformed
from callistics.model.bodies import Object, read_object, unknown_fields
from callistics.model.instants import DAY, LAST_WRITTEN, SECOND
from callistics.model.json import whole_number
from callistics.model.keys import StoredKey
from callistics.model.scope import EVERYTHING

FIELDS = ("overlap",)
DEFAULT_OVERLAP, MAX_OVERLAP = DAY // SECOND, 30 * DAY // SECOND
"""Seconds that a key holds beside the one that follows it: unless asked otherwise, at most."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A key that follows another, which ends at an instant (µs)."""

    made: NewKey
    old_ends: int


def parse_overlap(body: bytes) -> int:
    """The overlap in µs. Raises `Refused`."""
    given: Object = read_object(body) if body.strip() else {}
    problems = unknown_fields(given, FIELDS)
    seconds = _seconds(given.get("overlap", DEFAULT_OVERLAP), problems)
    if problems:
        raise Refused(problems)
    return seconds * SECOND


def _seconds(value: object, problems: list[Problem]) -> int:
    number = whole_number(value)
    if number is None:
        problems.append(malformed("/overlap", "must be a whole number of seconds", value))
        return 0
    if not 0 <= number <= MAX_OVERLAP:
        problems.append(invalid("/overlap", f"must be from 0 to {MAX_OVERLAP:,}", value))
    return number


def last_successor(key: StoredKey, successors: Mapping[str, str], keys: Keyring) -> StoredKey:
    """The key that was made last in the place of another: itself where there is none.

    `successors` are the ids of the keys that follow others, by the ids of these. A key that was
    followed ends with its overlap; the last one is to last as long as each of them was to.
    """
    seen: set[str] = set()
    while key.id not in seen and key.id in successors:
        seen.add(key.id)
        key = keys.find(successors[key.id], EVERYTHING) or key
    return key


def rotation(old: StoredKey, last: StoredKey, overlap: int, now: int) -> Rotation:
    """A key with the rights of another, that lasts as long from now on as the `last` one was to."""
    lasts = None if last.expires_at is None else last.expires_at - last.created_at
    ends = None if lasts is None else min(now + lasts, LAST_WRITTEN)
    return Rotation(make_key(old.name, old.permissions, old.scope, now, ends), now + overlap)

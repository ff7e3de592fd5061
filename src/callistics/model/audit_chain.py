"""The chain of the audit log: each entry has the hash of the one before.

The hash of an entry is the SHA-256, in hex, of the canonical JSON of the entry as it is shown,
without the hash itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from callistics.model.audit import Note, Who
from callistics.model.instants import utc_text
from callistics.model.json import NotJsonError, as_object, decode
from callistics.model.payload import canonical_json


class Head(NamedTuple):
    """The last entry: its number, and its hash."""

    sequence: int
    hash: str


NO_ENTRY = Head(0, "")
"""What the first entry comes after."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is stored: `at` in µs, `details` as canonical JSON."""

    sequence: int
    at: int
    action: str
    who: Who
    details: str
    previous: str
    hash: str


def chained(head: Head, notes: Iterable[Note]) -> Iterator[Entry]:
    """The notes as the entries that come after the head."""
    for one in notes:
        sequence, details = head.sequence + 1, canonical_json(one.details)
        entry = Entry(sequence, one.at, one.action, one.who, details, head.hash, "")
        head = Head(sequence, hash_of(shown(entry)))
        yield Entry(sequence, one.at, one.action, one.who, details, entry.previous, head.hash)


def shown(entry: Entry) -> dict[str, object]:
    """An entry as people and programs see it."""
    return {
        "sequence": entry.sequence,
        "at": _moment(entry.at),
        "action": entry.action,
        "who": {"key_id": entry.who.key_id, "name": entry.who.name},
        "details": _details(entry.details),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _moment(at: int) -> object:
    """The time; a number that is none, which nobody has noted, is shown as it is."""
    try:
        return utc_text(at)
    except OverflowError:
        return at


def _details(text: str) -> object:
    """What the text says; one that somebody has spoilt is shown as it is."""
    try:
        found = as_object(decode(text.encode()))
    except NotJsonError:
        found = None
    return text if found is None else found


def hash_of(entry: Mapping[str, object]) -> str:
    """The hash of an entry as it is shown."""
    told = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(canonical_json(told).encode()).hexdigest()


@dataclass(slots=True)
class Verifier:
    """Takes the entries in their order, and says what is wrong with the first that does not fit."""

    head: Head = NO_ENTRY

    def fault(self, entry: Mapping[str, object]) -> str | None:
        """Why the next entry does not fit to those before; None where it does."""
        expected = self.head.sequence + 1
        if entry["sequence"] != expected:
            return f"entry {expected} is expected here, and entry {entry['sequence']} stands here"
        if entry["previous"] != self.head.hash:
            return f"entry {expected} does not name the hash of the entry before it"
        if entry["hash"] != hash_of(entry):
            return f"entry {expected} was changed: its hash is another"
        self.head = Head(expected, str(entry["hash"]))
        return None

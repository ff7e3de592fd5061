"""`GET /audit`."""

from litestar import get

from callistics.access.keyring import Keyring
from callistics.audit.log import (
    LEAST,
    MOST,
    MOST_SHOWN,
    NEWEST_FIRST,
    OLDEST_FIRST,
    SHOWN,
    AuditLog,
    Sought,
)
from callistics.errors import Problem, Refused, did_you_mean, invalid, malformed
from callistics.http.answer import Answer
from callistics.http.answering import answered, held
from callistics.http.fair_queue import Asked
from callistics.http.parameters import PARAMETERS
from callistics.http.services import AnyRequest, services
from callistics.model.audit import Action
from callistics.model.audit_chain import Entry, Head, shown
from callistics.model.instants import parse_iso
from callistics.model.json import encode
from callistics.model.keys import Permission
from callistics.model.parameters import LIMIT, read_limit, refused
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.zones import zone

_NAMES = ("action", "from", "to", "order", LIMIT, "cursor")


@get("/audit", opt={PARAMETERS: _NAMES})
async def audit(request: AnyRequest) -> Answer:
    """A page of the audit log: all of it, or what the keys within a scope did."""
    parts = services(request)
    key = parts.authorize(request, Permission.ADMIN)
    asked = _Parameters(request)

    def read() -> bytes:
        return _page(parts.audit, asked, seen_keys(parts.keyring, key.scope))

    return Answer(held(request, await answered(request, Asked(key.id, "audit"), read)))


def seen_keys(keyring: Keyring, scope: Scope) -> frozenset[str] | None:
    """The keys whose entries may be seen within a scope; None where all entries may be."""
    if scope == EVERYTHING:
        return None
    return frozenset(one.id for one in keyring.visible(scope))


class _Parameters:
    """The query parameters, checked. Raises `Refused` with all that is wrong."""

    def __init__(self, request: AnyRequest) -> None:
        self._given, self._problems = request.query_params, list[Problem]()
        self.action = self._one_of("action", tuple(Action), None)
        self.begin, self.end = self._instant("from"), self._instant("to")
        self.oldest = self._one_of("order", (NEWEST_FIRST, OLDEST_FIRST), None) == OLDEST_FIRST
        self.limit = read_limit(self._given, SHOWN, MOST_SHOWN, self._problems)
        self.cursor = self._given.get("cursor")
        if self._problems:
            raise refused(self._problems)

    def _wrong(self, name: str, message: str, value: str) -> None:
        self._problems.append(malformed("", f"the query parameter {name} {message}", value))

    def _one_of(self, name: str, known: tuple[str, ...], otherwise: str | None) -> str | None:
        value = self._given.get(name, otherwise)
        if value is None or value in known:
            return value
        self._wrong(name, f"must be one of {', '.join(known)}{did_you_mean(value, known)}", value)
        return None

    def _instant(self, name: str) -> int | None:
        text = self._given.get(name)
        if text is None:
            return None
        try:
            written = parse_iso(text)
        except ValueError as error:
            message = f"the query parameter {name} is {error}"
            self._problems.append(invalid("", message, text))
            return None
        return zone("UTC").begin_of(written) if name == "from" else zone("UTC").end_of(written)


def _page(log: AuditLog, asked: _Parameters, keys: frozenset[str] | None) -> bytes:
    """A page as JSON; one entry more than is shown tells whether another page follows."""
    after = _after(log, asked, keys)
    span = (asked.action, asked.begin, asked.end, keys)
    found = log.find(Sought(asked.limit + 1, after, asked.oldest, *span))
    page = found[: asked.limit]
    more = len(found) > asked.limit
    cursor = _cursor(page[-1], whole=keys is None) if more else None
    data = [_seen(one, whole=keys is None) for one in page]
    return encode({"data": data, "next_cursor": cursor})


def _seen(entry: Entry, *, whole: bool) -> dict[str, object]:
    """An entry; within a scope without what tells how much others did before."""
    found = shown(entry)
    if not whole:
        del found["sequence"], found["previous"]
    return found


def _cursor(entry: Entry, *, whole: bool) -> str:
    # The hash may be one that somebody has spoilt: the number tells where it stands.
    return f"{entry.sequence}.{entry.hash}" if whole else entry.hash


def _after(log: AuditLog, asked: _Parameters, keys: frozenset[str] | None) -> Head:
    if asked.cursor is None:
        return LEAST if asked.oldest else MOST
    number, _, hash_ = asked.cursor.rpartition(".")
    found = None
    if not number and keys is not None:
        found = log.place(hash_, keys)
    elif keys is None and number.isascii() and number.isdigit() and len(number) < 19:
        found = Head(int(number), hash_)
    if found is None:
        message = "the query parameter cursor is none that was answered"
        raise Refused([invalid("", message, asked.cursor)], message)
    return found

"""What the endpoints work with, put together by the composition root."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlsplit

from litestar import Litestar, Request

from callistics.access.claims import wrong_claim
from callistics.access.keyring import Keyring, bearer, ends_soon, hash_secret, require
from callistics.access.limiter import RateLimiter
from callistics.access.tokens import NotSignedError, Tokens, looks_like_token
from callistics.access.wrong_keys import WrongKeys
from callistics.alerts.service import Alerts
from callistics.analytics.batch import Batches
from callistics.analytics.cache import AnswerCache
from callistics.analytics.discovery import Discovery
from callistics.analytics.locked import locked_problems
from callistics.analytics.pending import Pending
from callistics.analytics.service import Analytics
from callistics.audit.log import AuditLog
from callistics.backups.states import HeldSnapshots
from callistics.engines.base import StorageState
from callistics.errors import (
    ClientLeft,
    Forbidden,
    Refused,
    TooSlow,
    Unauthorized,
    malformed,
)
from callistics.exports.export import Exports
from callistics.http.description import Described
from callistics.http.memory import RequestMemory
from callistics.http.metrics import Metrics
from callistics.http.pool import Pool
from callistics.http.request_notes import (
    Admitted,
    admitted,
    has_key,
    note_admitted,
    note_key,
    note_key_end,
)
from callistics.http.sender import sender
from callistics.http.token_routes import TOKEN_ROUTES
from callistics.ingest.decode import Terms
from callistics.ingest.decode_process import DecodeProcess
from callistics.ingest.decompress import too_large
from callistics.ingest.writer import Writer
from callistics.looking.records import Records
from callistics.looking.search import Searches
from callistics.model.audit import COMMAND_LINE, Action, Detail, Note, Who, note
from callistics.model.instants import SECOND, now
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.zones import Zone
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.settings import Settings
from callistics.webhooks.service import Webhooks

AnyRequest = Request[Any, Any, Any]
# Bytes of a body that a second is added for, so that large ones may take longer.
_LEAST_RATE = 65_536
# Bytes of values that are kept besides each megabyte of answers: theirs are short.
_VALUES_KEPT = 100_000


@dataclass(slots=True)
class Services:
    """The parts of a running server."""

    settings: Settings
    analytics: Analytics
    batches: Batches
    exports: Exports
    pending: Pending
    searches: Searches
    records: Records
    writer: Writer
    memory: RequestMemory
    keyring: Keyring
    tokens: Tokens
    limiter: RateLimiter
    wrong_keys: WrongKeys
    zone: Zone
    queries: Pool
    exporting: Pool
    backing_up: Pool
    chores: Pool
    cache: AnswerCache
    data_version: Callable[[], int | None]
    maintain: Callable[[], bool]
    storage: Callable[[], StorageState]
    readers: Pool
    decode_process: DecodeProcess
    webhooks: Webhooks
    alerts: Alerts
    backups: HeldSnapshots
    audit: AuditLog
    clock: Callable[[], int] = now
    metrics: Metrics = field(default_factory=Metrics)
    running: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    exports_under_way: Counter[str] = field(default_factory=Counter[str])
    ready: bool = False
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """For `change` alone."""
    discovery: Discovery = field(init=False)
    described: Described = field(init=False)

    def __post_init__(self) -> None:
        """What is found and described is that of the queries."""
        kept = AnswerCache(self.settings.answer_cache * _VALUES_KEPT)
        self.discovery = Discovery(self.analytics, kept)
        self.described = Described(self.analytics.policy)

    def authorize(self, request: AnyRequest, permission: Permission) -> StoredKey:
        """The request's key. Raises `Unauthorized`, `Forbidden`, `RateLimited`.

        A token is as a key that may query, and reaches `TOKEN_ROUTES` alone. Its scope may have
        locked filters, which any query takes in.
        """
        key = self._known(request)
        note_key(request.scope, key.id)
        self.admit(key, permission)
        return key

    @asynccontextmanager
    async def change(self, request: AnyRequest) -> AsyncGenerator[None]:
        """Open from when something is looked up until it is stored as changed, for one at a time.

        Else the second of two changes would undo the first. Raises `Unauthorized` where the
        request's key ended while it waited.
        """
        async with self.changing:
            self.check_still_known(request)
            yield

    def check_still_known(self, request: AnyRequest) -> None:
        """Raises `Unauthorized` where the request had a key that has ended since."""
        if has_key(request.scope) and not self._holds(admitted(request.scope)):
            self._known(request)

    def _holds(self, known: Admitted | None) -> bool:
        """Whether a key that was let in must still hold, as far as that is told without it."""
        if known is None or known.revision != self.keyring.revision:
            return False
        return known.expires_at is None or self.clock() < known.expires_at

    def _known(self, request: AnyRequest) -> StoredKey:
        text = bearer(request.headers.get("authorization"))
        if looks_like_token(text) and not self.keyring.has_secret(text):
            return self._token(request, text)
        return self._key(request, text)

    def _key(self, request: AnyRequest, text: str) -> StoredKey:
        digest, address = hash_secret(text), sender(request, self.settings.trusted_proxies)
        self.wrong_keys.check(address, digest)
        if not self.keyring.knows(digest):
            self.wrong_keys.wrong(address)
        moment, revision = self.clock(), self.keyring.revision
        key = self.keyring.admitted(digest, moment)
        note_admitted(request.scope, Admitted(revision, key.expires_at))
        self.wrong_keys.right(address, digest)
        if ends_soon(key, moment):
            note_key_end(request.scope, key.expires_at)
        return key

    def _token(self, request: AnyRequest, text: str) -> StoredKey:
        try:
            key = self.tokens.read(text, request.headers.get("origin"), self.clock())
        except NotSignedError as error:
            self.wrong_keys.wrong(sender(request, self.settings.trusted_proxies))
            raise Unauthorized(str(error)) from None
        locked = key.scope.locked
        if locked is not None:
            for wrong in locked_problems(locked, EVERYTHING, self.settings.timezone, self.clock()):
                raise wrong_claim(f"/locked{wrong.pointer}", wrong.message)
        details = cast("Mapping[str, Any]", request.scope)
        if (request.method, details.get("path_template")) not in TOKEN_ROUTES:
            raise Forbidden("a token may do nothing but query: this takes a key")
        return key

    def admit(self, key: StoredKey, permission: Permission) -> None:
        """Let a key do something once more. Raises `Forbidden`, `RateLimited`."""
        require(key, permission)
        self.limiter.check(key.id)

    def who(self, key: StoredKey) -> Who:
        """Who a key is, as the audit log names it."""
        return COMMAND_LINE if self.keyring.is_local(key) else Who(key.name, key.id)

    def note(self, action: Action, key: StoredKey, /, **details: Detail) -> Note:
        """A note for the audit log of what the holder of a key does now."""
        return note(action, self.who(key), self.clock(), **details)

    def terms(
        self,
        kind: RecordKind,
        key: StoredKey,
        where: Zone | None = None,
        *,
        skip: bool = False,
        named: int | None = None,
    ) -> Terms:
        """What records are checked by; times without an offset are in the zone `where`."""
        found = terms_of(kind, key.scope, where or self.zone, self.clock(), self.settings)
        return replace(found, skip=skip, named=named)


def terms_of(kind: RecordKind, scope: Scope, where: Zone, at: int, settings: Settings) -> Terms:
    """What records that come at an instant are checked by, where all must be good."""
    reading = Reading(where, at, settings.future_limit * SECOND)
    return Terms(kind, reading, scope, reseller=settings.default_reseller_id)


def services(request: AnyRequest) -> Services:
    """The services of the application a request came to."""
    return application_services(request.app)


def application_services(application: Litestar) -> Services:
    """The services of an application that runs."""
    found = application.state.services
    assert isinstance(found, Services)
    return found


def public_url(request: AnyRequest) -> str:
    """The address at which others reach the server, without a slash at its end.

    Raises `Refused` where the request says of no such address that it came to it.
    """
    said = services(request).settings.public_url
    if said:
        return said
    try:
        base = str(request.base_url).rstrip("/")
        _ = urlsplit(base).port
    except ValueError:
        message = "the header Host is no host"
        raise Refused([malformed("", message)], message) from None
    return base


async def read_body(request: AnyRequest, limit: int) -> bytes:
    """The body as sent. Raises `TooLarge` as soon as it is longer than allowed.

    Raises `TooSlow` where it does not come in time, `Unavailable` where it would not be held, and
    `Unauthorized` where the request's key ended meanwhile: bodies may take long.
    """
    parts, scope = services(request), cast("Mapping[str, Any]", request.scope)
    declared = request.headers.get("content-length", "")
    if declared.isdigit():
        if int(declared) > limit:
            raise too_large(limit)
        parts.memory.ensure(scope, int(declared))
    pieces: list[bytes] = []
    size, latest = 0, asyncio.get_running_loop().time() + parts.settings.body_timeout
    try:
        async with asyncio.timeout_at(latest) as until:
            more = True
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft("the client left in the midst of its body")
                piece, more = message.get("body", b""), message.get("more_body", False)
                size += len(piece)
                if size > limit:
                    raise too_large(limit)
                parts.memory.hold(scope, len(piece))
                pieces.append(piece)
                if size > _LEAST_RATE:
                    until.reschedule(latest + size / _LEAST_RATE)
    except TimeoutError:
        raise TooSlow(f"the body did not come in time: {size:,} bytes of it did") from None
    parts.check_still_known(request)
    return b"".join(pieces)

"""The composition root: from settings to a running server."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from litestar import Litestar

from callistics import __version__
from callistics.access.keyring import Keyring, new_secret, process_key
from callistics.access.limiter import RateLimiter
from callistics.access.tokens import Tokens, new_token_secret
from callistics.access.wrong_keys import WrongKeys
from callistics.analytics.batch import Batches
from callistics.analytics.cache import AnswerCache
from callistics.analytics.pending import Pending
from callistics.analytics.service import Analytics
from callistics.audit.log import AuditLog
from callistics.engines.base import ServedEngine
from callistics.engines.registry import database_file, open_engine, query_concurrency
from callistics.errors import CallisticsError, Unavailable
from callistics.exports.export import Exports
from callistics.http.app import create_http
from callistics.http.fetching import fetch
from callistics.http.memory import RequestMemory
from callistics.http.metrics import Metrics
from callistics.http.pool import Pool
from callistics.http.services import Services, application_services
from callistics.ingest.decode_process import DecodeProcess
from callistics.ingest.job import Job, Result
from callistics.ingest.writer import Writer
from callistics.looking.records import Records
from callistics.looking.search import Searches
from callistics.model.instants import now
from callistics.model.keys import StoredKey
from callistics.model.zones import zone
from callistics.runtime import tune
from callistics.server.alerts import make_alerts
from callistics.server.backups import make_states
from callistics.server.figures import show_figures
from callistics.server.first_start import keep_token_secret, make_admin_key, starting
from callistics.server.key_warnings import KeyWarnings
from callistics.server.maintenance import Maintenance, maintaining
from callistics.server.new_files import private_files
from callistics.server.policy import policy_of
from callistics.server.retention import Retention
from callistics.server.storage import keep_aside, learn_when_reopened
from callistics.server.telemetry import Telemetry, start_telemetry
from callistics.server.webhooks import make_webhooks
from callistics.settings import Settings
from callistics.timezones import rules_version

CHORES, CHORES_WAITING = 4, 16
"""So many threads do what takes administrators long, and so much of it may wait: replays, tests."""
_FLUSH_SECONDS = 60
_MAINTENANCE_SECONDS = 20
_GUESS = (
    "success_outcomes is not set: any outcome but those of unreached_outcomes counts as a success,"
    " WRONG_NUMBER and NOT_INTERESTED too"
)
_log = structlog.get_logger("callistics")


@dataclass(slots=True)
class Application:
    """A server that is not listening yet.

    `asgi` opens the engine on start-up and closes it on shutdown. `local_key` is an admin key
    known to this process alone. `admin_key_file` is set once a first admin key was written there.
    `accepts_loss` is whether it goes on where acknowledged records are lost.
    `serves` is whether others are served: then the engine's maintenance is done in the background.
    `open_engine` gives the engine that the settings name, in another way than usual.
    """

    settings: Settings
    asgi: Litestar = field(init=False)
    local_key: str = field(default_factory=new_secret)
    serves: bool = False
    accepts_loss: bool = False
    admin_key_file: Path | None = None
    on_ready: "Callable[[Application], None] | None" = None
    failure: CallisticsError | None = None
    open_engine: Callable[..., ServedEngine] | None = None

    def __post_init__(self) -> None:
        self.asgi = create_http(
            self._lifespan,
            self.settings.cors_origins or (),
            encrypted=self.settings.tls_cert is not None,
        )

    @asynccontextmanager
    async def _lifespan(self, http: Litestar) -> AsyncGenerator[None]:
        try:
            with private_files(database_file(self.settings.engine)):
                if self.accepts_loss:
                    keep_aside(self.settings)
                opened = self.open_engine or open_engine
                engine = opened(self.settings, shared=self.serves, imports=not self.serves)
                async with self._running(http, engine):
                    yield
        except CallisticsError as error:
            self.failure = error
            raise

    @asynccontextmanager
    async def _running(self, http: Litestar, engine: ServedEngine) -> AsyncGenerator[None]:
        set_size = 0 if self.serves else self.settings.import_records
        local = process_key(now(), self.local_key).stored
        made = new_token_secret()
        parts = _services(self.settings, engine, local, set_size, made)
        self.admin_key_file = make_admin_key(parts, engine)
        keep_token_secret(parts, engine, made)
        http.state.services = parts
        parts.ready = True
        if self.serves:
            starting(parts, engine)
        flush = asyncio.create_task(_flush_uses(parts))
        telemetry = start_telemetry(parts.metrics.registry, os.environ if self.serves else {})
        maintenance = _maintenance(parts) if self.serves else None
        parts.alerts.start(evaluates=self.serves and self.settings.alerts)
        _log.info(
            "ready", version=__version__, engine=engine.version, timezone_rules=rules_version()
        )
        if self.settings.success_outcomes is None:
            _log.info("success is a guess", reason=_GUESS)
        if self.on_ready is not None:
            self.on_ready(self)
        try:
            yield
        finally:
            parts.ready = False
            flush.cancel()
            with suppress(asyncio.CancelledError):
                await flush
            # In one piece: where time runs out nobody waits here, but a thread is finished.
            await asyncio.to_thread(_stop, parts, engine, maintenance, telemetry)
            _log.info("stopped")

    @property
    def services(self) -> Services:
        """The parts of it, while it runs."""
        return application_services(self.asgi)


def build(settings: Settings) -> Application:
    """The application for the settings; nothing is opened yet."""
    tune()
    return Application(settings)


def _services(
    settings: Settings, engine: ServedEngine, local: StoredKey, set_size: int, secret: str
) -> Services:
    policy = policy_of(settings)
    rollups = engine.rollups if settings.rollups else ()
    analytics = Analytics(engine, policy, settings.timezone, rollups)
    cache = AnswerCache(settings.answer_cache * 1_000_000)
    metrics = Metrics()
    writer = Writer(engine, settings.ingest_queue, set_size=set_size, observe=metrics.committed)
    webhooks = make_webhooks(settings, engine, writer, metrics)
    keyring = Keyring(engine.load_keys(), local)
    alerts = make_alerts(settings, engine, writer, analytics, keyring, metrics)
    audit = AuditLog(engine, writer.submit)
    states = make_states(settings, engine, audit)
    retention = Retention(settings, engine, writer.submit)
    parts = Services(
        settings=settings,
        analytics=analytics,
        batches=Batches(analytics, engine, cache, engine.sharing),
        exports=Exports(analytics, engine.run_many),
        pending=Pending(engine.dialect, engine.run),
        searches=Searches(analytics, engine, settings.timezone),
        records=Records(engine.dialect, engine, policy),
        writer=writer,
        memory=RequestMemory(settings.request_memory),
        keyring=keyring,
        tokens=Tokens(secret, settings.token_issuers, fetch),
        limiter=RateLimiter(settings.rate_limit),
        wrong_keys=WrongKeys(settings.wrong_key_limit),
        zone=zone(settings.timezone),
        queries=Pool(
            "query",
            query_concurrency(settings),
            settings.query_queue,
            gives_way=True,
            quick=True,
        ),
        exporting=Pool("export", settings.export_concurrency, 0, gives_way=True),
        backing_up=Pool("backup", 1, 8, gives_way=True),
        chores=Pool("chore", CHORES, CHORES_WAITING),
        readers=Pool("reader", 2, settings.ingest_queue),
        decode_process=DecodeProcess(),
        cache=cache,
        data_version=lambda: engine.data_version,
        maintain=maintaining(engine, webhooks, alerts, retention, states),
        storage=lambda: engine.storage,
        webhooks=webhooks,
        alerts=alerts,
        backups=states,
        audit=audit,
        metrics=metrics,
    )
    show_figures(parts, engine)
    learn_when_reopened(engine, parts)
    return parts


def _maintenance(parts: Services) -> Maintenance:
    return Maintenance(parts.maintain, _MAINTENANCE_SECONDS, parts.metrics.maintained)


async def _flush_uses(parts: Services) -> None:
    """Store now and then when keys were last used, and warn of those that end soon."""
    warnings = KeyWarnings(parts.keyring)
    while True:
        warnings.warn(now())
        await asyncio.sleep(_FLUSH_SECONDS)
        _save_uses(parts)


def _save_uses(parts: Services) -> None:
    uses = parts.keyring.unsaved_uses()
    if not uses:
        return

    def note(saved: "Future[Result]") -> None:
        if saved.exception() is None:
            parts.keyring.saved_uses(uses)

    # Where too many wait, it is for the next time.
    with suppress(Unavailable):
        parts.writer.submit(Job(uses=uses)).add_done_callback(note)


def _stop(
    parts: Services, engine: ServedEngine, maintenance: Maintenance | None, telemetry: Telemetry
) -> None:
    # While the engine can still be asked for figures.
    telemetry.stop()
    if maintenance is not None:
        maintenance.stop()
    parts.alerts.stop()
    for pool in (parts.queries, parts.exporting, parts.chores):
        # Nobody waits for their answers any more; what is left of a chore is asked for again.
        pool.interrupt()
        pool.stop()
    parts.backing_up.stop()
    parts.readers.stop()
    parts.webhooks.stop()
    _save_uses(parts)
    parts.writer.stop()
    parts.backups.stop()
    engine.close()
    parts.decode_process.stop()

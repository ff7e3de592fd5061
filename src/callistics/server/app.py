"""The composition root: from settings to a running server."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from granian.constants import Interfaces, SSLProtocols
from granian.errors import FatalError
from granian.server.embed import Server
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
from callistics.engines.base import Engine
from callistics.engines.registry import database_file, open_engine
from callistics.errors import CallisticsError, Unavailable
from callistics.exports.export import Exports
from callistics.http.app import create_http
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
from callistics.server.announcement import announce
from callistics.server.figures import make_figures
from callistics.server.first_start import keep_token_secret, make_admin_key, starting
from callistics.server.key_warnings import KeyWarnings
from callistics.server.logs import configure_logs
from callistics.server.maintenance import Maintenance, maintaining
from callistics.server.policy import policy_of
from callistics.server.retention import Retention
from callistics.server.telemetry import start_telemetry
from callistics.server.webhooks import make_webhooks
from callistics.settings import Settings
from callistics.timezones import rules_version

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
    `serves` is whether others are served: then the engine's maintenance is done in the background.
    """

    settings: Settings
    asgi: Litestar = field(init=False)
    local_key: str = field(default_factory=new_secret)
    serves: bool = False
    admin_key_file: Path | None = None
    on_ready: "Callable[[Application], None] | None" = None
    failure: CallisticsError | None = None

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
                engine = open_engine(self.settings, shared=self.serves, imports=not self.serves)
                async with self._running(http, engine):
                    yield
        except CallisticsError as error:
            self.failure = error
            raise

    @asynccontextmanager
    async def _running(self, http: Litestar, engine: Engine) -> AsyncGenerator[None]:
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
            # While the engine can still be asked for figures.
            await asyncio.to_thread(telemetry.stop)
            await asyncio.to_thread(_stop, parts, engine, maintenance)
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
    settings: Settings, engine: Engine, local: StoredKey, set_size: int, secret: str
) -> Services:
    policy = policy_of(settings)
    rollups = engine.rollups if settings.rollups else ()
    analytics = Analytics(engine, policy, settings.timezone, rollups)
    cache = AnswerCache(settings.answer_cache * 1_000_000)
    metrics = Metrics()
    writer = Writer(engine, settings.ingest_queue, set_size=set_size, observe=metrics.committed)
    webhooks = make_webhooks(settings, engine, writer, metrics)
    parts = Services(
        settings=settings,
        analytics=analytics,
        batches=Batches(analytics, engine, cache, engine.sharing),
        exports=Exports(analytics, engine.run_many),
        pending=Pending(engine.dialect, engine.run),
        searches=Searches(analytics, engine, settings.timezone),
        records=Records(engine.dialect, engine, policy),
        writer=writer,
        keyring=Keyring(engine.load_keys(), local),
        tokens=Tokens(secret, settings.token_issuers),
        limiter=RateLimiter(settings.rate_limit),
        wrong_keys=WrongKeys(settings.wrong_key_limit),
        zone=zone(settings.timezone),
        queries=Pool("query", settings.query_concurrency, settings.query_queue, gives_way=True),
        exporting=Pool("export", settings.export_concurrency, 0, gives_way=True),
        readers=Pool("reader", 2, settings.ingest_queue),
        decode_process=DecodeProcess(),
        cache=cache,
        data_version=lambda: engine.data_version,
        maintain=maintaining(engine, webhooks, Retention(settings, engine, writer.submit)),
        webhooks=webhooks,
        audit=AuditLog(engine, writer.submit),
        metrics=metrics,
    )
    parts.metrics.info(version=__version__, engine=engine.version)
    make_figures(parts, engine)
    return parts


@contextmanager
def private_files(database: Path | None) -> Generator[None]:
    """New files are their owner's alone, or as open as the database that is there already.

    The log beside it comes and goes as the engine likes, so that this holds for as long as the
    engine is open.
    """
    mode = database.stat().st_mode if database is not None and database.exists() else 0o600
    before = os.umask(0o077)
    os.umask(before | ~mode & 0o077)
    try:
        yield
    finally:
        os.umask(before)


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


def _stop(parts: Services, engine: Engine, maintenance: Maintenance | None) -> None:
    if maintenance is not None:
        maintenance.stop()
    parts.queries.stop()
    parts.exporting.stop()
    parts.readers.stop()
    parts.webhooks.stop()
    _save_uses(parts)
    parts.writer.stop()
    engine.close()
    parts.decode_process.stop()


def serve(settings: Settings, on_ready: Callable[[Application], None] | None = None) -> None:
    """Serve in the foreground until SIGINT or SIGTERM; what was acknowledged stays.

    `on_ready` is called once requests are taken; without it the address is printed. Raises
    `EngineError` if the engine cannot be opened.
    """
    configure_logs(settings)
    application = build(settings)
    application.serves = True
    application.on_ready = on_ready or (lambda one: announce(one.settings, one.admin_key_file))
    try:
        asyncio.run(_serve(application))
    except FatalError:
        if application.failure is None:
            raise
        raise application.failure from None


async def _serve(application: Application) -> None:
    settings = application.settings
    server = Server(
        application.asgi,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
        ssl_cert=_path(settings.tls_cert),
        ssl_key=_path(settings.tls_key),
        # Not every platform that sends webhooks knows a newer one.
        ssl_protocol_min=SSLProtocols.tls12,
    )
    # Its constructor does not take it.
    server.workers_kill_timeout = settings.stop_timeout
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    try:
        await server.serve()
    except TimeoutError:
        # What is still under way is cancelled; what is queued is committed yet.
        _log.warning("stopped beside requests under way", seconds=settings.stop_timeout)


def _path(file: str | None) -> Path | None:
    return None if file is None else Path(file)

"""Serving in the foreground until a signal."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

import structlog
from granian.constants import Interfaces, SSLProtocols
from granian.errors import FatalError
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server

from callistics.server.announcement import announce
from callistics.server.app import Application, build
from callistics.server.connections import SPARE, Connections, allow_files
from callistics.server.logs import configure_logs
from callistics.server.stopping import REQUESTS_SHARE, Stopping
from callistics.settings import Settings

# Of a request's head, in bytes; the HTTP server takes 100 headers at the most.
_HEAD = 65_536
_BACKLOG = 2_048
# Files that are no connections: the database, its log, what spills.
_FILES = 1_024
_log = structlog.get_logger("callistics")


def serve(
    settings: Settings,
    on_ready: Callable[[Application], None] | None = None,
    *,
    accept_loss: bool = False,
) -> None:
    """Serve in the foreground until SIGINT or SIGTERM; what was acknowledged stays.

    `on_ready` is called once requests are taken; without it the address is printed. With
    `accept_loss` a damaged log is kept aside. Raises `EngineError` if the engine cannot be opened.
    """
    configure_logs(settings)
    application = build(settings)
    application.serves, application.accepts_loss = True, accept_loss
    application.on_ready = on_ready or (lambda one: announce(one.settings, one.admin_key_file))
    stopping = Stopping(settings.stop_timeout)
    try:
        with stopping.listening():
            asyncio.run(_serve(application, stopping))
    except FatalError:
        if application.failure is None:
            raise
        raise application.failure from None


async def _serve(application: Application, stopping: Stopping) -> None:
    settings = application.settings
    most = settings.connection_limit
    connections = Connections(settings.port, most, settings.idle_timeout)
    allow_files(most + SPARE + _FILES)
    server = Server(
        connections.counted(application.asgi),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        ssl_cert=_path(settings.tls_cert),
        ssl_key=_path(settings.tls_key),
        # Not every platform that sends webhooks knows a newer one.
        ssl_protocol_min=SSLProtocols.tls12,
        log_enabled=False,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=most + SPARE,
        http1_settings=HTTP1Settings(
            header_read_timeout=settings.idle_timeout * 1_000, max_buffer_size=_HEAD
        ),
        http2_settings=HTTP2Settings(max_headers_size=_HEAD),
    )
    # Its constructor does not take it; it waits for fractions of seconds as well.
    server.workers_kill_timeout = cast("int", settings.stop_timeout * REQUESTS_SHARE)
    loop = asyncio.get_running_loop()
    stopping.begins_with(lambda: loop.call_soon_threadsafe(server.stop))
    connections.start()
    try:
        await server.serve()
    except TimeoutError:
        # What is still under way is cancelled; what is queued is committed yet.
        _log.warning("stopped beside requests under way", seconds=settings.stop_timeout)
    finally:
        connections.stop()


def _path(file: str | None) -> Path | None:
    return None if file is None else Path(file)

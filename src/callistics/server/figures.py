"""Figures that are read when they are asked for: what waits, how old things are, what is free."""

import math
import time
from collections.abc import Callable

from callistics import __version__
from callistics.access.keyring import SOON_DAYS
from callistics.engines.base import Engine, Readable, ServedEngine
from callistics.engines.diagnosis import seconds_ahead
from callistics.engines.machine import FILE_FIGURES, FileSizes, file_sizes, machine_memory
from callistics.engines.registry import database_file, memory_limit
from callistics.errors import CallisticsError
from callistics.http.health import not_ready
from callistics.http.metrics import AHEAD
from callistics.http.services import Services
from callistics.model.instants import SECOND, now
from callistics.sql.fragment import raw
from callistics.timezones import rules_age

Read = Callable[[], float | None]
Figure = tuple[str, str, Read]
"""The name of a metric without the product's, what it tells, and how it is read."""


def show_figures(parts: Services, engine: ServedEngine) -> None:
    """Have the metrics of a server tell of its parts; NaN is where nothing is known."""
    parts.metrics.info(version=__version__, engine=engine.version)
    for name, text, read in _figures(parts, engine):
        parts.metrics.gauge(f"callistics_{name}", text, _known(read))


def _figures(parts: Services, engine: ServedEngine) -> list[Figure]:
    return [
        *_of_work(parts),
        *_of_ages(parts, engine),
        *_of_storage(engine),
        *_of_machine(parts),
    ]


def _known(read: Read) -> Callable[[], float]:
    def known() -> float:
        try:
            found = read()
        except CallisticsError:
            return math.nan
        return math.nan if found is None else found

    return known


def _of_work(parts: Services) -> list[Figure]:
    return [
        (
            "ready",
            "1 while `/health/ready` answers 200, else 0.",
            lambda: not_ready(parts) is None,
        ),
        ("ingest_queue", "Requests waiting to be committed.", lambda: parts.writer.waiting),
        ("queries_busy", "Queries running or waiting.", lambda: parts.queries.busy),
        (
            "exports_under_way",
            "Answers with all their rows that are being sent.",
            parts.exports_under_way.total,
        ),
        (
            "request_memory_bytes",
            "Bytes of bodies and answers under way.",
            lambda: parts.memory.held,
        ),
        (
            "pending_records",
            "Records that wait for required fields, in no figure; NaN where nobody can tell.",
            parts.pending.count,
        ),
        (
            "webhooks_waiting",
            "Webhooks that are kept and not mapped yet.",
            parts.webhooks.stored.number_waiting,
        ),
    ]


def _of_ages(parts: Services, engine: Engine) -> list[Figure]:
    return [
        (
            "newest_record_age_seconds",
            "Seconds since records last came, whatever became of them; NaN where none ever did.",
            lambda: _since(last_arrival(engine)),
        ),
        (
            "webhooks_waiting_age_seconds",
            "Seconds since the oldest webhook came that is not mapped yet; NaN where none waits.",
            lambda: _since(parts.webhooks.stored.oldest_waiting()),
        ),
        (
            "overwriting_due_age_seconds",
            "Seconds since the oldest erasure that the database's files still have something of;"
            " 0 where none is.",
            lambda: _since(oldest_left(engine)) or 0,
        ),
        (
            "maintenance_age_seconds",
            "Seconds since a piece of maintenance was done; NaN before the first.",
            lambda: _elapsed(parts.metrics.maintained_at),
        ),
        (
            "alert_notices_overdue",
            "Notices of alerts that did not arrive yet, though they were sent at least once.",
            lambda: parts.alerts.sender.overdue,
        ),
        (
            "keys_ending",
            f"Access keys that end within {SOON_DAYS} days.",
            lambda: len(parts.keyring.ending(now())),
        ),
        (
            AHEAD.removeprefix("callistics_"),
            "Seconds that times of arrival lie ahead of the clock; below 60: 0.",
            lambda: seconds_ahead(engine.newest_arrival()),
        ),
        (
            "backup_age_seconds",
            "Seconds since the newest backup was made; NaN where none was.",
            lambda: _since(parts.backups.made_at),
        ),
        (
            "timezone_rules_age_seconds",
            "Seconds since the year began that the time zone rules are of: releases name no day.",
            rules_age,
        ),
    ]


def _of_storage(engine: ServedEngine) -> list[Figure]:
    return [
        (
            "storage_failed",
            "1 while nothing can be stored, as the disk is full or does not work.",
            lambda: engine.storage.problem is not None,
        ),
        (
            "storage_failures",
            "How often the disk failed the engine since the start.",
            lambda: engine.storage.failures,
        ),
        (
            "disk_free_bytes",
            "Bytes free on the disk with the database; NaN where the engine cannot tell.",
            lambda: engine.storage.free,
        ),
    ]


def _of_machine(parts: Services) -> list[Figure]:
    file, limit = database_file(parts.settings.engine), memory_limit(parts.settings)

    def of_file(figure: Callable[[FileSizes], float]) -> Read:
        def read() -> float | None:
            sizes = None if file is None else file_sizes(file)
            return None if sizes is None else figure(sizes)

        return read

    return [
        *((name, text, of_file(figure)) for name, (text, figure) in FILE_FIGURES.items()),
        (
            "memory_limit_bytes",
            "Memory the engine may use; NaN where it decides that itself.",
            lambda: limit,
        ),
        (
            "machine_memory_bytes",
            "Memory of the machine, or that the server's container may use.",
            machine_memory,
        ),
    ]


def last_arrival(engine: Readable) -> int | None:
    """When records last came (µs); None where none ever did."""
    ((found,),) = engine.run(engine.dialect.render(engine.dialect.last_arrival))
    return int(found or 0) or None


def oldest_left(engine: Readable) -> int | None:
    """The oldest erasure (µs) of which something may be left in files; None where there is none."""
    ((found,),) = engine.run(engine.dialect.render(raw("SELECT min(since) FROM overwriting_due")))
    return int(found or 0) or None


def _since(instant: int | None) -> float | None:
    return None if instant is None else (now() - instant) / SECOND


def _elapsed(monotonic: float | None) -> float | None:
    return None if monotonic is None else time.monotonic() - monotonic

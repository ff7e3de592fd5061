"""What a server tells of its disk, and learns from a database that was opened again."""

import math

import structlog

from callistics.engines.base import ServedEngine
from callistics.engines.registry import accept_loss
from callistics.http.services import Services
from callistics.settings import Settings

_log = structlog.get_logger("callistics")


def observe_storage(engine: ServedEngine, parts: Services) -> None:
    """Have metrics tell whether records can be stored, and keep what is known in step with it."""
    gauge = parts.metrics.gauge

    def free() -> float:
        found = engine.storage.free
        return math.nan if found is None else found

    failed = "1 while nothing can be stored, as the disk is full or does not work."
    often = "How often the disk failed the engine since the start."
    room = "Bytes free on the disk with the database; NaN where the engine cannot tell."
    gauge("callistics_storage_failed", failed, lambda: engine.storage.problem is not None)
    gauge("callistics_storage_failures", often, lambda: engine.storage.failures)
    gauge("callistics_disk_free_bytes", room, free)

    def learn() -> None:
        parts.keyring.learn(engine.load_keys())
        parts.webhooks.learn()

    engine.when_reopened(learn)


def keep_aside(settings: Settings) -> None:
    """Go on without what is lost, and say which files were kept aside."""
    for file in accept_loss(settings):
        _log.warning("a loss is accepted", kept_aside=str(file))

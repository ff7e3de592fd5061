"""What a server tells of the disk, and learns again from a database that was opened again."""

import math

from callistics.engines.base import ServedEngine
from callistics.http.services import Services


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

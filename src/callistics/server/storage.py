"""What a server learns from a database that was opened again, and keeps aside of a damaged one."""

import structlog

from callistics.engines.base import ServedEngine
from callistics.engines.registry import accept_loss
from callistics.http.services import Services
from callistics.settings import Settings

_log = structlog.get_logger("callistics")


def learn_when_reopened(engine: ServedEngine, parts: Services) -> None:
    """Keep what is known of a database in step with it where it is opened again.

    No backup is waited for until then: nothing more of its state could be read.
    """

    def learn() -> None:
        parts.keyring.learn(engine.load_keys())
        parts.webhooks.learn()

    engine.when_reopened(learn)
    engine.when_failed(parts.backups.stop)


def keep_aside(settings: Settings) -> None:
    """Go on without what is lost, and say which files were kept aside."""
    for file in accept_loss(settings):
        _log.warning("a loss is accepted", kept_aside=str(file))

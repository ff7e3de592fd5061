"""Lines of log for keys that end soon, once a day each."""

import structlog

from callistics.access.keyring import Keyring, days_left
from callistics.model.instants import DAY, utc_text

_log = structlog.get_logger("callistics")


class KeyWarnings:
    """Warns of the keys of a keyring."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._warned: dict[str, int] = {}

    def warn(self, now: int) -> None:
        """A line for each key that ends soon and was not warned of within a day."""
        found = self._keyring.ending(now)
        self._warned = {key.id: self._warned[key.id] for key in found if key.id in self._warned}
        for key in found:
            if now - self._warned.get(key.id, now - DAY) >= DAY:
                self._warned[key.id] = now
                ends = utc_text(key.expires_at or 0)
                _log.warning("a key ends soon", key=key.id, ends=ends, days=days_left(key, now))

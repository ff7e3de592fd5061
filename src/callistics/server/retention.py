"""Erases once a day what is older than it is to be kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future

from callistics.compile.expired import Old, old_calls, old_leads
from callistics.engines.base import Engine
from callistics.ingest.erase import Erased
from callistics.ingest.expiry import Expiry, Keeping
from callistics.ingest.job import Job, Result
from callistics.model.instants import DAY, now
from callistics.records.identity import Identity
from callistics.settings import Settings
from callistics.sql.fragment import Sql

# Records that are erased in one commit: others wait for it.
_AT_ONCE = 1_000


class Retention:
    """The work of each day, in pieces that the writer takes like any others."""

    def __init__(
        self, settings: Settings, engine: Engine, submit: Callable[[Job], "Future[Result]"]
    ) -> None:
        self._keeping = Keeping(settings.retention_days, settings.merchant_retention_days)
        self._engine, self._submit = engine, submit
        self._done_at: int | None = None

    def maintain(self) -> bool:
        """Erase some of what is too old, once a day; whether there was anything."""
        moment = now()
        if self._done_at is not None and moment < self._done_at + DAY:
            return False
        for old in self._rules(moment):
            dialect = self._engine.dialect
            calls = self._found(old_calls(dialect, old, _AT_ONCE))
            leads = [] if calls else self._found(old_leads(dialect, old, _AT_ONCE))
            if calls or leads:
                expiry = Expiry(calls, leads, self._keeping, moment)
                erased = self._submit(Job(expiry=expiry, unlimited=True)).result()
                # Others may have written meanwhile what keeps all of them.
                if erased != Erased(0, 0):
                    return True
        self._done_at = moment
        return False

    def _rules(self, moment: int) -> Iterator[Old]:
        """What is old of the merchants that have days of their own, and of all others."""
        own = self._keeping.by_merchant or {}
        for merchant, days in own.items():
            if days:
                yield Old(self._keeping.before(merchant, moment), [merchant])
        if self._keeping.days:
            yield Old(moment - self._keeping.days * DAY, list(own), others=True)

    def _found(self, sql: Sql) -> list[Identity]:
        rows = self._engine.run(self._engine.dialect.render(sql))
        return [(str(merchant), str(one)) for merchant, one in rows]

"""Erases once a day what is older than it is to be kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future

from callistics.compile.expired import Old, old_calls, old_leads
from callistics.engines.base import Engine
from callistics.ingest.expiry import Expiry, Keeping
from callistics.ingest.job import Job, Result
from callistics.model.instants import DAY, HOUR, is_within, now
from callistics.records.identity import Identity
from callistics.settings import Settings
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql

_Find = Callable[[Dialect, Old, Identity | None, int], Sql]
# Records that are erased in one commit: others wait for it.
_AT_ONCE = 1_000


class Retention:
    """The work of each day, in pieces that the writer takes like any others."""

    def __init__(
        self, settings: Settings, engine: Engine, submit: Callable[[Job], "Future[Result]"]
    ) -> None:
        self._keeping = Keeping(settings.retention_days, settings.merchant_retention_days)
        self._engine, self._submit = engine, submit
        self._due_at = 0
        self._pieces: Iterator[bool] | None = None

    def maintain(self) -> bool:
        """Erase some of what is too old, once a day; whether there may be more."""
        moment = now()
        # Nothing is put off by more than a day.
        if is_within(moment, self._due_at - DAY, DAY):
            return False
        pieces = self._pieces or self._day(moment)
        # As long as it fails: it begins anew, and not with each piece of other work.
        self._due_at, self._pieces = moment + HOUR, None
        more = next(pieces, False)
        self._due_at, self._pieces = (moment, pieces) if more else (moment + DAY, None)
        return more

    def _day(self, moment: int) -> Iterator[bool]:
        """Erase what is too old, leads after the calls that they had; True after each piece.

        What was looked at and kept, as somebody wrote meanwhile or by a status that is newer, is
        not looked at again.
        """
        for old in self._rules(moment):
            for calls in self._found(old_calls, old):
                yield self._erased(Expiry(calls, (), self._keeping, moment))
            for leads in self._found(old_leads, old):
                yield self._erased(Expiry((), leads, self._keeping, moment))

    def _erased(self, expiry: Expiry) -> bool:
        self._submit(Job(expiry=expiry, unlimited=True)).result()
        return True

    def _rules(self, moment: int) -> Iterator[Old]:
        """What is old of the merchants that have days of their own, and of all others.

        Merchants of as many days are looked through together: each look is at all records.
        """
        own = self._keeping.by_merchant or {}
        for days in sorted({days for days in own.values() if days}):
            alike = [merchant for merchant, theirs in own.items() if theirs == days]
            yield Old(moment - days * DAY, alike)
        if self._keeping.days:
            yield Old(moment - self._keeping.days * DAY, list(own), others=True)

    def _found(self, find: _Find, old: Old) -> Iterator[list[Identity]]:
        """The old records, as many at a time as are erased in one commit."""
        dialect, after = self._engine.dialect, None
        while rows := self._engine.run(dialect.render(find(dialect, old, after, _AT_ONCE))):
            found = [(str(merchant), str(one)) for merchant, one in rows]
            yield found
            after = found[-1]

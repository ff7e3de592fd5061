"""Batches whose statements are seen."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

from callistics.analytics.batch import Batches, Result
from callistics.analytics.cache import AnswerCache
from callistics.analytics.rollup_match import Rollups
from callistics.analytics.service import Analytics
from callistics.engines.base import Engine, SharingLimits, Snapshot
from callistics.model.scope import EVERYTHING
from callistics.sql.dialect import SqlRow, Statement
from support.store import Store

NEVER = SharingLimits(queries=1, rows=0)
Before = Callable[[Statement], Statement]


class Passing:
    """A state of the records that is another one."""

    def __init__(self, inner: Snapshot) -> None:
        self._inner = inner

    @property
    def version(self) -> int | None:
        return self._inner.version

    @property
    def lost(self) -> bool:
        return self._inner.lost

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        return self._inner.run(statement)

    def keep(self, rows: Statement) -> tuple[str, int]:
        return self._inner.keep(rows)


class Watched(Passing):
    """A state of the records whose statements are seen, and may be changed, before they run."""

    def __init__(self, inner: Snapshot, before: Before) -> None:
        super().__init__(inner)
        self._before = before

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        return super().run(self._before(statement))

    def keep(self, rows: Statement) -> tuple[str, int]:
        return super().keep(self._before(rows))


class Asking:
    """Asks batches of a store. `seen` are the statements of the last one, `states` how many."""

    def __init__(self, store: Store, sharing: SharingLimits = NEVER, rollups: Rollups = ()) -> None:
        self._store = store
        self._inner: Engine = store.engine
        self.seen: list[str] = []
        self.states = 0
        self.before: Before = lambda statement: statement
        analytics = Analytics(store.engine, store.policy, "UTC", rollups)
        self._batches = Batches(analytics, self, AnswerCache(1 << 20), sharing)

    @property
    def data_version(self) -> int | None:
        return self._inner.data_version

    @contextmanager
    def reading(self) -> Generator[Watched]:
        self.states += 1
        with self._inner.reading() as snapshot:
            yield Watched(snapshot, self._note)

    def _note(self, statement: Statement) -> Statement:
        self.seen.append(statement.text)
        return self.before(statement)

    def ask(self, *bodies: dict[str, Any]) -> list[Result]:
        self.seen, self.states = [], 0
        return self._batches.answer(bodies, EVERYTHING, self._store.now)

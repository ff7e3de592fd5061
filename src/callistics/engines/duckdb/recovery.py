"""Opens a database again after its disk failed it, and refuses meanwhile what cannot be done."""

import gc
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import duckdb
import structlog

from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.storage_errors import is_of_storage, sentence_of, while_reading
from callistics.errors import CallisticsError, StorageFailed, TimedOut

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_INTERRUPTS_EVERY = 0.1
_UNWRITABLE = "nothing can be stored now: "
_UNREADABLE = "the database is not open now: "

_log = structlog.get_logger("callistics")


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why nothing can be written, and whether what is stored can be read."""

    sentence: str
    readable: bool


class Recovery:
    """Holds the open database, and replaces it by itself once it failed.

    After a commit that failed nothing is written until one that changes no record went well. A
    database that failed is closed, and opened anew from what is on disk. Longer and longer pauses
    lie between the attempts.
    """

    def __init__(self, open_database: Callable[[], DuckDBEngine], disk: Disk) -> None:
        self._open, self._disk = open_database, disk
        self._changed = threading.Condition()
        self._users = 0
        self._trouble: _Trouble | None = None
        self._is_open = True
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._acts: list[Callable[[], None]] = []
        self._letting_go: list[Callable[[], None]] = []
        self.failures = 0
        self.database = open_database()

    @property
    def problem(self) -> str | None:
        """Why nothing can be written now, None where it can."""
        trouble = self._trouble
        sentence = self._disk.shortage if trouble is None else trouble.sentence
        return None if sentence is None else _UNWRITABLE + sentence

    def when_reopened(self, act: Callable[[], None]) -> None:
        """Have something done each time the database was opened again, before it is written to."""
        self._acts.append(act)

    def when_failed(self, let_go: Callable[[], None]) -> None:
        """Have those let go of a database that failed who would read on: it is to be closed."""
        self._letting_go.append(let_go)

    @contextmanager
    def reading(self) -> Generator[DuckDBEngine]:
        """The database, for who only reads. Raises `StorageFailed`, `Unavailable`."""
        with self._used() as database:
            try:
                yield database
            except duckdb.Error as error:
                if not database.is_sound:
                    self._fail(database, error)
                meant = while_reading(error)
                if meant is error:
                    raise
                raise meant from error
            except TimedOut:
                # It was interrupted to be closed.
                if not self._is_readable:
                    raise self._refusal from None
                raise

    @contextmanager
    def writing(self) -> Generator[DuckDBEngine]:
        """The database, for who writes. Raises `StorageFailed`."""
        problem = self.problem
        if problem is not None:
            raise StorageFailed(problem)
        with self._used() as database:
            try:
                yield database
            except (duckdb.Error, OSError) as error:
                if database.is_sound and not is_of_storage(error):
                    raise
                self._fail(database, error)
                raise StorageFailed(_UNWRITABLE + sentence_of(error)) from error

    def close(self) -> None:
        """Try no more, and close the database."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self._is_open:
            self.database.close()

    @property
    def _is_readable(self) -> bool:
        return self._trouble is None or self._trouble.readable

    @property
    def _refusal(self) -> StorageFailed:
        return StorageFailed(_UNREADABLE + self._sentence)

    @property
    def _sentence(self) -> str:
        trouble = self._trouble
        return "" if trouble is None else trouble.sentence

    @contextmanager
    def _used(self) -> Generator[DuckDBEngine]:
        """The database, which is not closed meanwhile."""
        with self._changed:
            if not self._is_readable:
                raise self._refusal
            self._users += 1
        try:
            yield self.database
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    def _fail(self, database: DuckDBEngine, error: Exception) -> None:
        """Take note that a database failed; the first to do so has it recover."""
        sound = database.is_sound
        with self._changed:
            if database is not self.database or self._stopping.is_set():
                return
            begins = self._trouble is None
            readable = sound and self._is_readable
            self._trouble = _Trouble(sentence_of(error), readable)
            if begins:
                self.failures += 1
                self._thread = threading.Thread(target=self._recover, name="recovery", daemon=True)
                self._thread.start()
        if begins:
            _log.error("nothing can be stored", readable=readable, reason=str(error))

    def _recover(self) -> None:
        began, pause, told = time.monotonic(), _FIRST_PAUSE, ""
        while not self._stopping.wait(pause):
            pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                recovered = self._attempt()
            except Exception as error:  # noqa: BLE001 - a server that gave up would never recover
                self._trouble = _Trouble(sentence_of(error), self._is_readable)
                if str(error) != told:
                    told = str(error)
                    _log.warning("the database does not recover yet", reason=told)
                continue
            if recovered:
                _log.info("records can be stored again", seconds=round(time.monotonic() - began, 1))
                return

    def _attempt(self) -> bool:
        """Open the database again where that is needed, then try to write; whether it may be."""
        if self._is_open and not self.database.is_sound:
            self._retire()
        if not self._is_open:
            self._reopen()
        shortage = self._disk.shortage
        if shortage is not None:
            self._trouble = _Trouble(shortage, readable=True)
            return False
        self.database.try_to_write()
        for act in self._acts:
            act()
        self._trouble = None
        return True

    def _retire(self) -> None:
        """Close the database once nobody uses it any more."""
        with self._changed:
            self._trouble = _Trouble(self._sentence, readable=False)
        while self._users:
            for let_go in self._letting_go:
                # Whatever it says of a database that failed, it has let go of it.
                with suppress(duckdb.Error, CallisticsError):
                    let_go()
            with self._changed:
                self.database.interrupt()
                self._changed.wait_for(lambda: not self._users, _INTERRUPTS_EVERY)
        self._is_open = False
        # What was not written before is not to be written now: what is on disk counts.
        with suppress(duckdb.Error, OSError):
            self.database.abandon()

    def _reopen(self) -> None:
        # The engine gives the same database again as long as anything refers to it, such as what
        # was under way when an error was raised: that of an attempt to open it, too.
        gc.collect()
        # The engine would read no log with half a commit in it, or write behind that.
        self.database.cut_log()
        opened = self._open()
        opened.count_from(self.database.unused_data_version)
        self.database = opened
        self._is_open = True
        self._trouble = _Trouble(self._sentence, readable=True)
        _log.info("the database was opened again")

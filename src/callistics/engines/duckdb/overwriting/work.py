"""When what was erased is to be overwritten, and the work on that, a piece at a time."""

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress

import duckdb

from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.overwriting.free_blocks import FreeBlocks
from callistics.engines.duckdb.overwriting.renewal import Renewal
from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.rollups.schedule import RollupSchedule
from callistics.engines.duckdb.writer import WriteConnection
from callistics.engines.pieces import Pieces
from callistics.sql.selection import Unit

Alone = Callable[[float], AbstractContextManager[bool]]
"""Lets nobody else read for a moment, if those who do end within some seconds; whether they did."""

_DUE = "SELECT max(since) FROM overwriting_due"
# Seconds that queries wait at the first try, and at the most, for those under way.
_PATIENCE, _MOST_PATIENCE = 0.25, 4.0
# The whole file is written: where people are erased all the time this is done a thirtieth of it, so
# that few queries and commits have it beside them.
_REST = 30


class Overwriting:
    """Overwrites in the file whatever was erased, while others work.

    It writes all tables anew, has their former blocks freed, and fills what is free. What is due
    outlives the process; what was cut short begins anew.
    """

    def __init__(
        self,
        writer: WriteConnection,
        renewal: Renewal,
        schedule: RollupSchedule,
        payload_keys: PayloadKeys,
        alone: Alone,
    ) -> None:
        self._writer, self._renewal = writer, renewal
        self._schedule, self._payload_keys, self._alone = schedule, payload_keys, alone
        self._pieces = Pieces()
        self._rests_until = 0.0
        self._patience = _PATIENCE
        self._free_blocks = FreeBlocks(writer, self._quiet)
        with writer.lock:
            self._maybe_due = self._due() is not None

    def committed(self, commit: Commit) -> None:
        """Take account of a commit that has erased something."""
        self._maybe_due |= commit.erased

    def work(self) -> bool:
        """Do a piece of the work, if any is due; whether there was."""
        if not self._pieces.are_left:
            if not self._maybe_due or time.monotonic() < self._rests_until:
                return False
            self._pieces.begin(self._overwrite())
        self._pieces.do()
        return True

    def stop(self) -> None:
        """Leave off; it begins anew the next time."""
        # A database that failed does not even drop a table, and is to be closed all the same.
        with suppress(duckdb.Error, OSError):
            self._pieces.leave()

    def _due(self) -> int | None:
        ((since,),) = self._writer.connection.execute(_DUE).fetchall()
        return since

    def _overwrite(self) -> Generator[None]:
        began = time.monotonic()
        with self._writer.lock:
            self._maybe_due = False
            due = self._due()
        try:
            yield from self._settle()
            yield from self._renewal.work()
            # Nobody sees the former tables any more, so that their blocks are freed.
            yield from self._free_blocks.settled()
            yield from self._free_blocks.overwrite()
        except BaseException:
            self._maybe_due = True
            raise
        with self._writer.lock, self._writer.transaction() as connection:
            connection.execute("DELETE FROM overwriting_due WHERE since <= ?", [due])
        self._rests_until = time.monotonic() + _REST * (time.monotonic() - began)

    def _settle(self) -> Generator[None]:
        """Take in the change logs, and forget keys of payloads that none has any more."""
        with self._writer.lock:
            with self._writer.transaction() as connection:
                self._payload_keys.forget_unused(connection)
            self._payload_keys.reload(self._writer.connection)
        yield
        for unit in Unit:
            with self._writer.lock, self._writer.transaction() as connection:
                self._schedule.take_in(connection, unit)
            yield

    @contextmanager
    def _quiet(self) -> Generator[bool]:
        """Let nobody else read or write, if those who do end soon; whether they did."""
        with self._alone(self._patience) as alone:
            if alone:
                self._patience = _PATIENCE
                with self._writer.alone():
                    yield True
                return
        self._patience = min(2 * self._patience, _MOST_PATIENCE)
        yield False

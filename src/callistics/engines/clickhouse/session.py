"""One commit of the writer: what is stored, what changes, and what follows from it."""

from collections.abc import Iterable, Iterator, Sequence, Set

from callistics.engines.clickhouse.bookkeeping import Bookkeeping, Insert
from callistics.engines.clickhouse.collapsing_rows import Block
from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.delta import delta_of
from callistics.engines.clickhouse.load_states import StateLoader
from callistics.engines.clickhouse.stored_rows import Stored
from callistics.model.scope import Scope
from callistics.records.columnar.arrow import Mask
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.columnar.changes import Changes
from callistics.records.columnar.row_codec import call_rows
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord


class ClickHouseSession(Bookkeeping):
    """Implements `engines.base.Session`; nothing is written before its `inserts` are."""

    def __init__(self, client: Client, arrived: int, clock: int, now: int) -> None:
        super().__init__(client, arrived, clock, now)
        self._stored = Stored(client)
        self._states = StateLoader(self._stored, now)
        self._delta: Sequence[Block] = ()

    def known(self, batches: Sequence[CallBatch]) -> Mask:
        """Whether each of the batches' calls, one batch after the other, is stored."""
        return self._states.known(batches)

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The stored records among the identities."""
        return self._states.load(kind, identities)

    def merchants_of(
        self, kind: RecordKind, ids: Iterable[str], within: Scope, *, held: bool = False
    ) -> dict[str, set[str]]:
        """The merchants that have a record of each id."""
        return self._states.merchants_of(kind, ids, within, held=held)

    def calls_of(self, leads: Set[Identity]) -> dict[Identity, set[Identity]]:
        """The calls of leads, also those that do not count."""
        found: dict[Identity, set[Identity]] = {}
        for name in ("calls", "calls_held"):
            for merchant, lead, call in self._stored.calls_of(name, leads):
                found.setdefault((merchant, lead), set()).add((merchant, call))
        return found

    def apply(self, changes: Changes) -> None:
        """Work out what the changes come to, to be inserted by the commit; once in one."""
        assert not self._delta
        self._erased = bool(changes.erased_calls or changes.erased_leads)
        blocks = delta_of(changes, self._states.rows, self._stored) if changes else ()
        leaving = {*changes.outdated_calls, *self._states.twice}
        left = self._states.rows.of("calls_held", leaving)
        self._delta = (*blocks, Block("calls_held", call_rows({}), left))

    def payload_texts(self, key: str, among: Set[str]) -> Set[str]:
        """Those of the texts that payloads have under a key, of what the transaction leaves."""
        found: set[str] = set()
        for table in ("calls", "leads"):
            blocks = [block for block in self._delta if block.table == table]
            replaced = {one for block in blocks for one in block.replaced_ids}
            found.update(*(block.payload_texts(key, among) for block in blocks))
            found |= self._stored.payload_texts(table, key, among - found, replaced)
        return found

    def inserts(self) -> Iterator[Insert]:
        """What is to be inserted, table by table: what is noted, the records, the rest.

        Where records are erased the rest goes before them.
        Calls that came to count leave `calls_held` as the last of the records, see `delta_of`.
        """
        yield from self.noted()
        # Who erases again, because it was cut off, must find what is still to be erased.
        if self._erased:
            yield from self.kept()
        for block in self._delta:
            rows = block.rows(self._states.version)
            if rows.num_rows:
                yield block.table, rows
        if not self._erased:
            yield from self.kept()

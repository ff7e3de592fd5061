"""A transaction of the writer."""

from collections.abc import Iterable, Sequence, Set

from callistics.engines.duckdb.apply import apply
from callistics.engines.duckdb.blocked_ids import BlockedIds
from callistics.engines.duckdb.bookkeeping import Bookkeeping
from callistics.engines.duckdb.delta import TableDelta, delta_of
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.lookup.calls_of_leads import calls_of
from callistics.engines.duckdb.lookup.load_states import Lookup, StateLoader
from callistics.engines.duckdb.lookup.merchants import merchants_of
from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.rollups.change_log import ChangeLog
from callistics.engines.duckdb.unlisted_keys import set_apart
from callistics.model.scope import EVERYTHING, Scope
from callistics.records.columnar.arrow import Mask
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.columnar.changes import Changes
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.sql.fragment import compose


class DuckDBSession(Bookkeeping):
    """Implements `engines.base.Session` within an open transaction of one connection."""

    def __init__(
        self, lookup: Lookup, payload_keys: PayloadKeys, blocked: BlockedIds, now: int
    ) -> None:
        super().__init__(lookup.statements, blocked, now)
        self._lookup = lookup
        self._states = StateLoader(lookup)
        self._payload_keys = payload_keys
        self._log = ChangeLog(lookup.statements)
        self._delta: TableDelta | None = None

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
        return merchants_of(self._statements, kind, ids, within, held=held)

    def calls_of(self, leads: Set[Identity]) -> dict[Identity, set[Identity]]:
        """The calls of leads, also those that do not count."""
        return calls_of(self._statements, leads)

    def apply(self, changes: Changes) -> None:
        """Write the changes and what is derived from them; once in a transaction."""
        if not changes:
            return
        assert self._delta is None
        self._delta = delta = delta_of(changes, self._states.rows, self._lookup)
        # It may know too much, never too little: it is told before the commit, whatever comes.
        for entries in delta.index_entries:
            self._lookup.id_index.add(entries)
        self._payload_keys.note(
            self._lookup.statements.connection, delta.payload_keys, delta.tenant_rows
        )
        written = set_apart(delta, self._payload_keys.scalars)
        apply(self._lookup.statements, written, self._log)
        if changes.erased_calls or changes.erased_leads:
            self._note_erased()

    def payload_texts(self, key: str, among: Set[str]) -> Set[str]:
        """Those of the texts that payloads have under a key, of what the transaction leaves."""
        dialect = DuckDBDialect(self._payload_keys)
        value = dialect.payloads(EVERYTHING).text("t", key)
        # All of them in one pass: each would otherwise be looked for in every record.
        is_asked = dialect.among([value], [(one,) for one in among])
        found: set[str] = set()
        for table in ("calls", "leads"):
            sql = compose(f"SELECT DISTINCT {{}} FROM {table} AS t WHERE {{}}", value, is_asked)
            said = dialect.render(sql)
            rows = self._statements.execute(said.text, said.values).fetchall()
            found.update(str(one) for (one,) in rows)
        return found

    @property
    def commit(self) -> Commit:
        """What the transaction has written so far."""
        return Commit(self._delta, self._log.logged, self._erased)

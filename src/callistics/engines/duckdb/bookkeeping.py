"""What a transaction stores besides records: receipts, keys, webhooks, alerts, audit, blocks."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

from callistics.engines.base import TAKEN, KeptReceipt
from callistics.engines.duckdb import access_keys, alerts, forget, webhooks
from callistics.engines.duckdb.blocked_ids import BlockedIds
from callistics.engines.duckdb.overwriting.due import note_erased
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.alerts import AlertChanges, Delivery, KeptAlerts
from callistics.model.audit_chain import NO_ENTRY, Entry, Head
from callistics.model.erasures import NewBlocks
from callistics.model.keys import StoredKey
from callistics.model.webhooks import BodyState, WebhookChanges
from callistics.records.columnar.alert_tables import DELIVERIES, KEPT, kept_alerts, waiting
from callistics.records.columnar.audit_table import audit_table
from callistics.records.identity import Identity


class Bookkeeping:
    """Reads and writes it within the transaction of a connection that began at `now` (µs)."""

    def __init__(self, statements: StatementCache, blocked: BlockedIds, now: int) -> None:
        self._statements = statements
        self._blocked = blocked
        self._now = now
        self._erased = False

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        more = max(records, 1) - 1
        ((last,),) = self._statements.execute(
            "UPDATE arrivals SET last = make_timestamp(greatest(?::BIGINT, epoch_us(last) + 1)"
            " + ?::BIGINT) RETURNING epoch_us(last)",
            [self._now, more],
        ).fetchall()
        return int(last) - more

    def kept_receipt(self, key_id: str, idempotency_key: str) -> KeptReceipt | None:
        """The receipt kept in the last 24 hours."""
        found = self._statements.execute(
            "SELECT body_hash, answer FROM kept_answers "
            "WHERE key_id = ? AND idempotency_key = ? AND status = ? "
            "AND kept_at > make_timestamp(?::BIGINT) - INTERVAL 24 HOUR",
            [key_id, idempotency_key, TAKEN, self._now],
        ).fetchall()
        return next((KeptReceipt(body, bytes(kept)) for body, kept in found), None)

    def keep_receipt(self, key_id: str, idempotency_key: str, receipt: KeptReceipt) -> None:
        """Keep a receipt; older ones of any key are dropped on the way."""
        self._statements.execute(
            "DELETE FROM kept_answers "
            "WHERE kept_at <= make_timestamp(?::BIGINT) - INTERVAL 24 HOUR",
            [self._now],
        )
        self._statements.execute(
            "INSERT INTO kept_answers "
            "(key_id, idempotency_key, body_hash, status, answer, kept_at) "
            "VALUES (?, ?, ?, ?, ?, make_timestamp(?::BIGINT))",
            [
                key_id,
                idempotency_key,
                receipt.body_hash,
                TAKEN,
                receipt.receipt,
                self._now,
            ],
        )

    def save_keys(self, keys: Iterable[StoredKey]) -> None:
        """Insert or replace access keys by id; one that is revoked stays so."""
        access_keys.save_keys(self._statements.connection, keys)

    def save_uses(self, uses: Mapping[str, int]) -> None:
        """Store when keys were last used."""
        access_keys.save_uses(self._statements.connection, uses)

    def save_token_secret(self, secret: str) -> None:
        """Store it instead of the one before."""
        access_keys.save_token_secret(self._statements.connection, secret)

    def save_webhooks(self, changes: WebhookChanges) -> None:
        """Store what there is of webhooks."""
        webhooks.save(self._statements, changes, self._now)
        if any(one.state is BodyState.ERASED for one in changes.results):
            self._note_erased()

    def kept_alerts(self) -> KeptAlerts:
        """What is kept of alerts that may tell of single records."""
        return kept_alerts(self._statements.execute(KEPT).fetchall())

    def waiting_notices(self) -> Sequence[Delivery]:
        """The notices of alerts that are on their way."""
        found = self._statements.execute(DELIVERIES).fetchall()
        return waiting(content for (content,) in found)

    def forget_bodies(self, calls: Iterable[Identity]) -> None:
        """Delete the kept bodies that were mapped to one of the calls."""
        forget.forget_bodies(self._statements, calls)

    def forget_receipts(self, names: Callable[[bytes], bool]) -> None:
        """Delete the kept receipts of which this says that they name what is to be forgotten."""
        forget.forget_receipts(self._statements, names)

    def block_secret(self) -> bytes | None:
        """What ids are hashed with that are blocked; None where none is."""
        return self._blocked.secret(self._now)

    def save_block_secret(self, secret: bytes) -> None:
        """Store it instead of the one before."""
        self._blocked.save_secret(self._statements, secret)

    def blocked(self, digests: Set[bytes]) -> Set[bytes]:
        """Those of the digests that are blocked now."""
        return self._blocked.among(digests, self._now)

    def block(self, digests: Set[bytes], duration: int) -> None:
        """Block digests for so many µs."""
        blocks = NewBlocks(digests, self._now + duration)
        self._blocked.block(self._statements, blocks, self._now)

    def save_alerts(self, changes: AlertChanges) -> None:
        """Store what there is of alerts."""
        alerts.save(self._statements, changes, self._now)

    def audit_head(self) -> Head:
        """The last entry of the audit log."""
        found = self._statements.execute(
            "SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1"
        ).fetchall()
        return next((Head(int(number), str(hash_)) for number, hash_ in found), NO_ENTRY)

    def append_audit(self, entries: Sequence[Entry]) -> None:
        """Add entries to the audit log; once in a transaction."""
        self._statements.give(new_audit_log=audit_table(entries))
        self._statements.repeat("INSERT INTO audit_log BY NAME FROM new_audit_log")

    def _note_erased(self) -> None:
        """Note that something is to be overwritten in the file."""
        note_erased(self._statements, self._now)
        self._erased = True

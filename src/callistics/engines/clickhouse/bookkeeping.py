"""What a commit stores besides records: receipts, keys, webhooks, alerts, audit log, blocks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import pyarrow as pa

from callistics.engines.base import TAKEN, KeptReceipt
from callistics.engines.clickhouse import erasures
from callistics.engines.clickhouse.access_keys import (
    key_table,
    revoked_since,
    secret_table,
    use_table,
)
from callistics.engines.clickhouse.alerts import forget
from callistics.engines.clickhouse.alerts import purge as purge_alerts
from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.webhooks import purge
from callistics.model.alerts import AlertChanges, Delivery, KeptAlerts
from callistics.model.audit_chain import NO_ENTRY, Entry, Head
from callistics.model.erasures import NewBlocks
from callistics.model.instants import DAY
from callistics.model.keys import StoredKey, still_revoked
from callistics.model.webhooks import WebhookChanges
from callistics.records.columnar.alert_tables import (
    ALERTS,
    DELIVERIES,
    KEPT,
    alert_table,
    kept_alerts,
    waiting,
)
from callistics.records.columnar.audit_table import audit_table
from callistics.records.columnar.row_codec import TIME
from callistics.records.columnar.webhook_tables import webhook_tables
from callistics.records.identity import Identity

Insert = tuple[str, pa.Table]
"""A table's name, and rows to be inserted into it."""


class Bookkeeping:
    """Reads it, and collects what is to be inserted by a commit that began at an instant (µs).

    `now` is later than that of the commit before, whatever the `clock` says. `arrived` is the
    newest time of arrival that was given out.
    """

    def __init__(self, client: Client, arrived: int, clock: int, now: int) -> None:
        self._client = client
        self._clock, self._now = clock, now
        self.arrived = arrived
        self._keys: dict[str, StoredKey] = {}
        self._uses: dict[str, int] = {}
        self._secret: str | None = None
        self._webhooks: list[WebhookChanges] = []
        self._alerts: list[AlertChanges] = []
        self._receipts: list[tuple[str, str, KeptReceipt]] = []
        self._block_secret: bytes | None = None
        self._blocks: list[NewBlocks] = []
        self._erased = False
        self._audited: Sequence[Entry] = ()

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        first = max(self._clock, self.arrived + 1)
        self.arrived = first + max(records, 1) - 1
        return first

    def kept_receipt(self, key_id: str, idempotency_key: str) -> KeptReceipt | None:
        """The receipt kept in the last 24 hours."""
        rows = self._client.query(
            "SELECT body_hash, hex(answer) FROM kept_answers "
            "WHERE key_id = {key:String} AND idempotency_key = {name:String} "
            "AND status = {taken:UInt16} "
            "AND toUnixTimestamp64Micro(kept_at) > {since:Int64} ORDER BY kept_at DESC LIMIT 1",
            {"key": key_id, "name": idempotency_key, "taken": TAKEN, "since": self._now - DAY},
        ).result_rows
        if not rows:
            return None
        ((body_hash, receipt),) = rows
        return KeptReceipt(body_hash, bytes.fromhex(receipt))

    def keep_receipt(self, key_id: str, idempotency_key: str, receipt: KeptReceipt) -> None:
        """Keep a receipt, once the records are written."""
        self._receipts.append((key_id, idempotency_key, receipt))

    def save_keys(self, keys: Iterable[StoredKey]) -> None:
        """Insert or replace access keys by id; one that is revoked stays so."""
        for key in keys:
            before = self._keys.get(key.id)
            since = before.revoked_at if before else revoked_since(self._client, key.id)
            self._keys[key.id] = still_revoked(key, since)

    def save_uses(self, uses: Mapping[str, int]) -> None:
        """Store when keys were last used."""
        self._uses |= uses

    def save_token_secret(self, secret: str) -> None:
        """Store it instead of the one before."""
        self._secret = secret

    def save_webhooks(self, changes: WebhookChanges) -> None:
        """Store what there is of webhooks; what is purged goes at once."""
        erasures.delete_bodies(self._client, changes.erased_bodies)
        if changes.purge_before is not None:
            purge(self._client, changes.purge_before)
        self._webhooks.append(changes)

    def save_alerts(self, changes: AlertChanges) -> None:
        """Store what there is of alerts; what is to go does so at once."""
        forget(self._client, changes.forgotten)
        if changes.purge_before is not None:
            purge_alerts(self._client, changes.purge_before)
        self._alerts.append(changes)

    def kept_alerts(self) -> KeptAlerts:
        """What is kept of alerts that may tell of single records."""
        return kept_alerts(self._client.query(KEPT).result_rows)

    def waiting_notices(self) -> Sequence[Delivery]:
        """The notices of alerts that are on their way."""
        rows = self._client.query(DELIVERIES).result_rows
        return waiting(content for (content,) in rows)

    def forget_bodies(self, calls: Iterable[Identity]) -> None:
        """Delete the kept bodies that were mapped to one of the calls, at once."""
        erasures.forget_bodies(self._client, calls)

    def forget_receipts(self, names: Callable[[bytes], bool]) -> None:
        """Delete the kept receipts that name what is to be forgotten, at once."""
        erasures.forget_receipts(self._client, names)

    def block_secret(self) -> bytes | None:
        """What ids are hashed with that are blocked; None where none is."""
        return erasures.load_secret(self._client, self._now)

    def save_block_secret(self, secret: bytes) -> None:
        """Store it instead of the one before."""
        self._block_secret = secret

    def blocked(self, digests: Set[bytes]) -> Set[bytes]:
        """Those of the digests that are blocked now."""
        return erasures.blocked(self._client, digests, self._now)

    def block(self, digests: Set[bytes], duration: int) -> None:
        """Block digests for so many µs."""
        self._blocks.append(NewBlocks(digests, self._now + duration))

    def audit_head(self) -> Head:
        """The last entry of the audit log."""
        rows = self._client.query(
            "SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1"
        ).result_rows
        return next((Head(int(number), str(hash_)) for number, hash_ in rows), NO_ENTRY)

    def append_audit(self, entries: Sequence[Entry]) -> None:
        """Add entries to the audit log; once in a commit."""
        self._audited = entries

    def noted(self) -> Iterator[Insert]:
        """The entries, which go before what they tell of: nothing is done without being noted."""
        if self._audited:
            yield "audit_log", audit_table(self._audited)
        if self._erased:
            yield "overwriting_due", pa.table({"since": pa.array([self._now], pa.int64())})

    def kept(self) -> Iterator[Insert]:
        """What was collected, table by table."""
        if self._keys:
            yield "access_keys", key_table(self._keys.values(), self._now)
        if self._uses:
            yield "key_uses", use_table(self._uses)
        if self._secret is not None:
            yield "token_secret", secret_table(self._secret, self._now)
        if self._receipts:
            yield "kept_answers", _receipt_table(self._receipts, self._now)
        yield from webhook_tables(self._webhooks, self._now)
        alerts = alert_table(self._alerts, self._now)
        if alerts is not None:
            yield ALERTS, alerts
        yield from erasures.block_tables(self._block_secret, self._blocks, self._now)


def _receipt_table(receipts: Iterable[tuple[str, str, KeptReceipt]], now: int) -> pa.Table:
    found = list(receipts)
    rows: dict[str, Any] = {
        "key_id": [key for key, _, _ in found],
        "idempotency_key": [name for _, name, _ in found],
        "body_hash": [kept.body_hash for _, _, kept in found],
        "status": pa.array([TAKEN] * len(found), pa.uint16()),
        "answer": [kept.receipt.decode() for _, _, kept in found],
        "kept_at": pa.array([now] * len(found), TIME),
    }
    return pa.table(rows)

"""Entries of the audit log as a table, as both engines store them."""

from collections.abc import Sequence

import pyarrow as pa

from callistics.model.audit_chain import Entry


def audit_table(entries: Sequence[Entry]) -> pa.Table:
    """The rows of `audit_log`; who has no key has the empty text for its id."""
    return pa.table(
        {
            "sequence": pa.array([one.sequence for one in entries], pa.int64()),
            "noted_at": pa.array([one.at for one in entries], pa.int64()),
            "action": [one.action for one in entries],
            "key_id": [one.who.key_id or "" for one in entries],
            "who": [one.who.name for one in entries],
            "details": [one.details for one in entries],
            "previous": [one.previous for one in entries],
            "hash": [one.hash for one in entries],
        }
    )

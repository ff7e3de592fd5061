"""What a commit inserts into the tables of records, worked out before anything is written."""

from collections.abc import Sequence

import pyarrow as pa

from callistics.engines.clickhouse.collapsing_rows import Block
from callistics.engines.clickhouse.json_names import json_name, json_text
from callistics.engines.clickhouse.load_states import LoadedRows
from callistics.engines.clickhouse.stored_rows import Stored
from callistics.records.columnar.arrow import with_columns
from callistics.records.columnar.changes import Changes, new_rows
from callistics.records.columnar.match_rows import distinct
from callistics.records.columnar.payload_columns import Forms, Payloads
from callistics.records.columnar.recompute import Changed, StoredLeads, recompute
from callistics.records.columnar.row_codec import CALL_COLUMNS, identity_table

_FORMS = Forms(json_name, json_text, absent=("{}", [], "{}", None))


def delta_of(changes: Changes, loaded: LoadedRows, stored: Stored) -> Sequence[Block]:
    """The blocks that the changes come to, in the order in which they are to be inserted.

    The order is what makes a retry heal: what is derived comes first and a request's own records
    last, so that whatever a crash left out, its records are still seen as changed.
    """
    new = new_rows(changes)
    incoming = pa.concat_tables([new.calls, *new.first])
    old = loaded.of("calls", changes.outdated_calls)
    touched = _touched(changes, incoming, old)
    made = recompute(
        Changed(
            touched,
            incoming,
            new.own,
            identity_table(changes.outdated_calls, "call_id"),
            identity_table(changes.outdated_leads, "lead_id"),
        ),
        _leads(stored, touched),
        Payloads(_FORMS),
    )
    again = with_columns(made.moved.select(CALL_COLUMNS), made.again)
    return (
        Block("leads", made.leads, made.former),
        Block("calls", again, made.moved),
        Block("lead_records", new.own, loaded.of("lead_records", changes.outdated_leads)),
        Block("calls_held", new.uncounted, loaded.of("calls_held", ())),
        Block("calls", made.incoming, old),
    )


def _touched(changes: Changes, *rows: pa.Table) -> pa.Table:
    """The leads that are to be derived anew, those of rows that come and go among them."""
    asked = identity_table([*changes.rebuilt, *changes.outdated_leads], "lead_id")
    named = [one.select(["merchant_id", "lead_id"]) for one in rows]
    return distinct(pa.concat_tables([asked, *named]), "lead_id")


def _leads(stored: Stored, touched: pa.Table) -> StoredLeads:
    wanted = touched.rename_columns(["merchant_id", "id"])
    names = ("calls", "lead_records", "leads")
    return StoredLeads(*(stored.matching(name, "lead_id", wanted) for name in names))

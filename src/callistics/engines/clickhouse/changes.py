"""The rows of one commit: new ones, and replaced ones once more with the opposite sign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from callistics.engines.clickhouse.names import json_name, json_text
from callistics.engines.clickhouse.stored import FLAT, IDS, SCHEMAS, Stored
from callistics.engines.common.derive import CALL_ROWS, LEAD_ROWS, Sources, derive, release
from callistics.engines.common.rows import LEAD_COLUMNS, identity_table, schema
from callistics.model.writes import Identity

_SOURCES = Sources(
    calls="SELECT * FROM stored",
    moved=f"SELECT s.* EXCLUDE (call_ref, attempt, payload_base, version, {', '.join(FLAT)})"
    " FROM stored AS s SEMI JOIN settled ON s.call_ref = settled.call_ref",
    leads="SELECT * FROM own_records",
    name=json_name,
    text=json_text,
)
_SHAPED = """
CREATE OR REPLACE TEMP TABLE shaped AS
SELECT payload_json, payload, payload_lists::JSON::MAP(VARCHAR, VARCHAR[][]) AS payload_lists,
       payload_orders
FROM flats
"""
_NEVER_NULL = """
SELECT * REPLACE (coalesce(payload, '{{}}') AS payload,
                  coalesce(payload_lists, MAP {{}}) AS payload_lists,
                  coalesce(payload_orders, '{{}}') AS payload_orders)
FROM ({})
"""
# The leads that stay as they are stored.
_SAME = """
CREATE OR REPLACE TEMP TABLE same AS
SELECT s.lead_ref, merchant_id, lead_id
FROM stored_leads AS s JOIN fresh AS f USING (merchant_id, lead_id)
WHERE s.reseller_id = f.reseller_id AND s.template_id IS NOT DISTINCT FROM f.template_id
  AND s.created_at = f.created_at AND s.status IS NOT DISTINCT FROM f.status
  AND s.history = f.history AND s.payload_json IS NOT DISTINCT FROM f.payload_json
"""


@dataclass(slots=True)
class Block:
    """Rows of one table that are inserted together, and so become visible together."""

    table: str
    new: pa.Table
    replaced: pa.Table

    def rows(self, version: int) -> pa.Table:
        """All of it: new rows with a version of their own, replaced ones with the sign -1."""
        target = SCHEMAS[self.table]
        versions = pa.array([version] * self.new.num_rows, pa.uint64())
        new = self.new.append_column("version", versions).select(target.names).cast(target)
        signs = [-1] * self.replaced.num_rows + [1] * new.num_rows
        both = pa.concat_tables([self.replaced.select(target.names).cast(target), new])
        return both.append_column("sign", pa.array(signs, pa.int8())).combine_chunks()


@dataclass(slots=True)
class Derived:
    """What follows from changed records: the blocks that come before those of the records."""

    calls: pa.Table
    siblings: Block
    leads: Block


@dataclass(slots=True)
class Records:
    """The standing rows that were loaded, by table and identity: where to find each again."""

    tables: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    places: dict[str, dict[Identity, list[int]]] = field(
        default_factory=dict[str, dict[Identity, list[int]]]
    )

    def add(self, name: str, rows: pa.Table) -> None:
        """Take loaded rows; a record's rows may come more than once."""
        known = self.tables.get(name)
        first = 0 if known is None else known.num_rows
        self.tables[name] = rows if known is None else pa.concat_tables([known, rows])
        places = self.places.setdefault(name, {})
        columns = (rows[name_].to_pylist() for name_ in ("merchant_id", IDS[name]))
        for place, identity in enumerate(zip(*columns, strict=True), first):
            places.setdefault(identity, []).append(place)

    def of(self, name: str, identities: Iterable[Identity]) -> pa.Table:
        """The rows of records."""
        if name not in self.tables:
            return SCHEMAS[name].empty_table()
        known = self.places[name]
        places = [place for one in identities for place in known.get(one, ())]
        return self.tables[name].take(pa.array(places, pa.int64()))


def derived(
    scratch: duckdb.DuckDBPyConnection,
    stored: Stored,
    touched: Sequence[Identity],
    live: pa.Table,
    own: pa.Table,
    changed: Mapping[str, set[Identity]],
) -> Derived:
    """All that depends on the touched leads, given the new rows of changed calls and leads.

    `live` and `own` are new rows of `calls` and `lead_records`; `changed` names, by table, the
    stored records that these replace or that are to go.
    """
    wanted = identity_table(touched, "id")
    calls = _without(stored.matching("calls", "lead_id", wanted), "call_id", changed["calls"])
    records = stored.matching("lead_records", "lead_id", wanted)
    records = _without(records, "lead_id", changed["lead_records"]).select(LEAD_COLUMNS)
    leads = stored.matching("leads", "lead_id", wanted)
    own_records = pa.concat_tables([records, own.cast(schema(LEAD_COLUMNS))])
    tables = {
        "stored": _referring(calls, "call_ref"),
        "own_records": own_records,
        "stored_leads": _referring(leads, "lead_ref"),
    }
    for name, rows in tables.items():
        scratch.register(name, rows)
    derive(scratch, live, wanted.rename_columns(["merchant_id", "lead_id"]), _SOURCES)
    scratch.execute(_SHAPED)
    scratch.execute(_SAME)
    call_rows, lead_rows = CALL_ROWS.format(payloads="shaped"), LEAD_ROWS.format(payloads="shaped")
    found = Derived(
        _arrow(scratch, f"{call_rows} WHERE s.call_ref IS NULL"),
        Block(
            "calls",
            _arrow(scratch, f"{call_rows} WHERE s.call_ref IS NOT NULL ORDER BY s.call_ref"),
            calls.take(_places(scratch, "call_ref", "FROM settled WHERE call_ref IS NOT NULL")),
        ),
        Block(
            "leads",
            _arrow(scratch, f"FROM ({lead_rows}) ANTI JOIN same USING (merchant_id, lead_id)"),
            leads.take(
                _places(scratch, "lead_ref", "FROM stored_leads ANTI JOIN same USING (lead_ref)")
            ),
        ),
    )
    release(scratch)
    for name in tables:
        scratch.unregister(name)
    return found


def _arrow(scratch: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    return scratch.sql(_NEVER_NULL.format(sql)).to_arrow_table()


def _places(scratch: duckdb.DuckDBPyConnection, name: str, source: str) -> pa.Array:
    """The places of loaded rows that a column names."""
    rows = scratch.execute(f"SELECT {name} {source}").fetchall()
    return pa.array([place for (place,) in rows], pa.int64())


def _referring(rows: pa.Table, name: str) -> pa.Table:
    """Rows with their places, by which `settled` and `same` name them."""
    return rows.append_column(name, pa.array(range(rows.num_rows), pa.int64()))


def _without(rows: pa.Table, id_column: str, gone: set[Identity]) -> pa.Table:
    """Rows of records other than those named."""
    columns = (rows["merchant_id"].to_pylist(), rows[id_column].to_pylist())
    kept = [identity not in gone for identity in zip(*columns, strict=True)]
    return rows.filter(pa.array(kept, pa.bool_()))

"""The rows of one commit: new ones, and replaced ones once more with the opposite sign."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from callistics.engines.clickhouse.json_names import json_name, json_text
from callistics.engines.clickhouse.stored_rows import IDS, SCHEMAS, Stored
from callistics.records.columnar.arrow import beside
from callistics.records.columnar.payload_columns import Payloads
from callistics.records.columnar.recompute import Changed, StoredFamilies, recompute
from callistics.records.columnar.row_codec import CALL_COLUMNS
from callistics.records.identity import Identity

_NOTHING = ("{}", [], "{}")


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


def derived(stored: Stored, changed: Changed) -> Derived:
    """All that depends on the touched leads."""
    wanted = changed.touched.rename_columns(["merchant_id", "id"])
    standing = StoredFamilies(
        *(stored.matching(name, "lead_id", wanted) for name in ("calls", "lead_records", "leads"))
    )
    made = recompute(changed, standing, Payloads(json_name, json_text, _NOTHING))
    again = beside(made.moved.select(CALL_COLUMNS), made.again)
    return Derived(
        made.incoming,
        Block("calls", again, made.moved),
        Block("leads", made.leads, made.former),
    )

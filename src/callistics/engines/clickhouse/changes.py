"""The rows of one commit: new ones, and replaced ones once more with the opposite sign."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

import pyarrow as pa

from callistics.engines.clickhouse.names import json_name, json_text
from callistics.engines.clickhouse.stored import IDS, SCHEMAS, Stored
from callistics.engines.common.derive import Lead, Member, derive, own_of
from callistics.engines.common.rows import (
    CALL_COLUMNS,
    Row,
    events_of,
    identity_table,
    plain,
    state_of,
)
from callistics.engines.common.tables import (
    Payloads,
    call_table,
    lead_table,
    member_values,
    members_of,
)
from callistics.model.merge import State
from callistics.model.records import RecordKind
from callistics.model.writes import Identity

_NOTHING = ("{}", [], "{}")
_LEADS = RecordKind.LEADS
_COMPARED = ("reseller_id", "template_id", "created_at", "status", "payload_json")


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
    stored: Stored,
    touched: Sequence[Identity],
    live: pa.Table,
    calls: Set[Identity],
    leads: Mapping[Identity, State],
) -> Derived:
    """All that depends on the touched leads, given the new rows of changed calls and leads.

    `live` are new rows of `calls`; `calls` names the stored ones that these replace or that are to
    go, `leads` are changed records of leads.
    """
    wanted = identity_table(touched, "id")
    members, standing = members_of(live), stored.matching("leads", "lead_id", wanted)
    around = _without(stored.matching("calls", "lead_id", wanted), "call_id", calls)
    siblings = list(_siblings(around))
    records = plain(stored.matching("lead_records", "lead_id", wanted))
    own = {(row["merchant_id"], row["lead_id"]): own_of(state_of(_LEADS, row)) for row in records}
    own |= {lead: own_of(state) for lead, state in leads.items()}
    fresh = derive(touched, [*siblings, *members], own)
    gone: list[int] = []
    kept: set[Identity] = set()
    for place, row in enumerate(plain(standing)):
        identity = (row["merchant_id"], row["lead_id"])
        if identity not in kept and _says(row, fresh.get(identity)):
            kept.add(identity)
        else:
            gone.append(place)
    payloads = Payloads(json_name, json_text, _NOTHING)
    moved = [call for call in siblings if call.moves]
    before = around.take(pa.array([call.place for call in moved], pa.int64()))
    return Derived(
        call_table(live, members, payloads),
        Block("calls", call_table(before.select(CALL_COLUMNS), moved, payloads), before),
        Block(
            "leads",
            lead_table([one for lead, one in fresh.items() if lead not in kept], payloads),
            standing.take(pa.array(gone, pa.int64())),
        ),
    )


def _siblings(calls: pa.Table) -> Iterator[Member]:
    """Stored calls, named by their places in the table."""
    derived = (calls["attempt"].to_pylist(), calls["payload_base"].to_pylist())
    rows = zip(*member_values(calls), range(calls.num_rows), *derived, strict=True)
    return (Member(*row) for row in rows)


def _says(row: Row, lead: Lead | None) -> bool:
    """Whether a stored row says what there is to say of a lead."""
    if lead is None:
        return False
    same = all(row[name] == getattr(lead, name) for name in _COMPARED)
    return same and events_of(row["history"]) == lead.history


def _without(rows: pa.Table, id_column: str, gone: Set[Identity]) -> pa.Table:
    """Rows of records other than those named."""
    columns = (rows["merchant_id"].to_pylist(), rows[id_column].to_pylist())
    kept = [identity not in gone for identity in zip(*columns, strict=True)]
    return rows.filter(pa.array(kept, pa.bool_()))

"""Reading back what is stored: the standing rows of given records, as Arrow tables."""

from collections.abc import Iterable, Mapping, Set

import pyarrow as pa

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.dialect import ClickHouseDialect
from callistics.engines.clickhouse.long_values import MAX_BYTES
from callistics.engines.clickhouse.snapshot import parameters
from callistics.model.scope import EVERYTHING, Scope
from callistics.records.columnar.arrow import select
from callistics.records.columnar.derive import DERIVED, LEADS
from callistics.records.columnar.payload_columns import FLAT
from callistics.records.columnar.row_codec import CALL_COLUMNS, LEAD_COLUMNS, schema
from callistics.records.identity import Identity
from callistics.sql.fragment import all_of, compose, raw


def _schema(columns: Iterable[pa.Field], more: Mapping[str, pa.DataType]) -> pa.Schema:
    fields = [*columns, *(pa.field(name, type_) for name, type_ in more.items())]
    return pa.schema([*fields, pa.field("version", pa.uint64())])


# Only roll-ups and the look-up of rows by time need these.
_NOT_KEPT = ("providers", "first_call_at")
SCHEMAS: Mapping[str, pa.Schema] = {
    "calls": _schema([*schema(CALL_COLUMNS), *DERIVED], FLAT),
    "calls_held": _schema(schema(CALL_COLUMNS), {}),
    "lead_records": _schema(schema(LEAD_COLUMNS), {}),
    "leads": _schema([field for field in LEADS if field.name not in _NOT_KEPT], FLAT),
}
"""The columns of each table that has a sign, but for the sign."""
IDS: Mapping[str, str] = {
    "calls": "call_id",
    "calls_held": "call_id",
    "lead_records": "lead_id",
    "leads": "lead_id",
}
# A few ids are bound to the statement; many stand in a table, as a server limits a parameter's
# length. The table is the writer's alone, and so need not be on any other node.
_FEW = 500
_BOUND = "arrayZip({merchants:Array(String)}, {ids:Array(String)})"
_LISTED = "(SELECT merchant_id, id FROM wanted)"
_WANTED = "CREATE TABLE IF NOT EXISTS wanted (merchant_id String, id String) ENGINE = Memory"


class Stored:
    """What the database holds of given records, for one commit."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked: pa.Table | None = None
        self._found: dict[str, tuple[dict[str, list[str]], pa.Table]] = {}

    def matching(self, name: str, id_column: str, wanted: pa.Table) -> pa.Table:
        """The standing rows of a table, with the columns of its schema.

        `wanted` has the columns merchant_id and id, which `id_column` is to match.
        """
        target = SCHEMAS[name]
        if wanted.num_rows == 0:
            return target.empty_table()
        asked, values = self._ask(wanted)
        columns = ", ".join(_read(column) for column in target.names)
        statement = (
            f"SELECT {columns}, sign FROM {name} WHERE (merchant_id, {id_column}) GLOBAL IN {asked}"
        )
        # Leads that are sent are asked for twice: for their states, and to be derived anew.
        before = self._found.get(statement)
        if before is not None and values and before[0] == values:
            return before[1]
        found = self._client.query_arrow(statement, values)
        standing = _standing(found, IDS[name]) if found.num_rows else target.empty_table()
        rows = select(standing, target)
        self._found[statement] = values, rows
        return rows

    def merchants(self, name: str, key: str, ids: Set[str], within: Scope) -> list[tuple[str, str]]:
        """(merchant_id, id) of the standing rows of a scope that have one of the ids as a key."""
        if not ids:
            return []
        asked, values = self._ask(_pairs({("", one) for one in ids}))
        dialect = ClickHouseDialect()
        limits = (dialect.is_in(raw(column), sorted(some)) for column, some in within.limits())
        # Of a call's lead there may be no id.
        identity = key if key == IDS[name] else f"assumeNotNull({key})"
        sql = compose(
            f"SELECT merchant_id, {identity} AS id FROM {name}"
            f" WHERE ('', {identity}) GLOBAL IN {{}} AND {{}}"
            " GROUP BY merchant_id, id HAVING sum(sign) > 0",
            raw(asked),
            all_of([raw("true"), *limits]),
        )
        found = dialect.render(sql)
        rows = self._client.query(found.text, {**parameters(found), **values}).result_rows
        return [(str(merchant), str(identity)) for merchant, identity in rows]

    def calls_of(self, name: str, leads: Set[Identity]) -> list[tuple[str, str, str]]:
        """(merchant_id, lead_id, call_id) of the standing calls of leads."""
        if not leads:
            return []
        asked, values = self._ask(_pairs(leads))
        rows = self._client.query(
            f"SELECT merchant_id, assumeNotNull(lead_id) AS lead, call_id FROM {name} "
            f"WHERE (merchant_id, assumeNotNull(lead_id)) GLOBAL IN {asked} "
            f"GROUP BY merchant_id, lead, call_id HAVING sum(sign) > 0",
            values,
        ).result_rows
        return [(str(merchant), str(lead), str(call)) for merchant, lead, call in rows]

    def payload_texts(self, name: str, key: str, among: Set[str], but: Set[Identity]) -> set[str]:
        """Those of the texts that standing rows of others than these have under a payload key."""
        dialect = ClickHouseDialect()
        value = dialect.payloads(EVERYTHING).text("t", key)
        passed_over, values = self._ask(_pairs(but))
        sql = compose(
            f"SELECT {{}} AS found FROM {name} AS t WHERE {{}}"
            f" AND (merchant_id, {IDS[name]}) GLOBAL NOT IN {{}}"
            # What was replaced is cancelled, whoever's it was.
            " GROUP BY found HAVING sum(sign) > 0",
            value,
            dialect.is_in(value, sorted(among)),
            raw(passed_over),
        )
        found = dialect.render(sql)
        rows = self._client.query(found.text, {**parameters(found), **values}).result_rows
        return {str(one) for (one,) in rows}

    def _ask(self, wanted: pa.Table) -> tuple[str, dict[str, list[str]]]:
        """The pairs asked for as a set, and the values it is bound to."""
        if wanted.num_rows <= _FEW and wanted.nbytes <= MAX_BYTES:
            columns = (wanted[name].to_pylist() for name in ("merchant_id", "id"))
            # The same records are the same statement, in whatever order they come.
            pairs = sorted(zip(*columns, strict=True))
            return _BOUND, {"merchants": [m for m, _ in pairs], "ids": [i for _, i in pairs]}
        if wanted is not self._asked:
            self._client.command(_WANTED)
            self._client.command("TRUNCATE TABLE wanted")
            self._client.insert_arrow("wanted", wanted)
            self._asked = wanted
        return _LISTED, {}


def _pairs(identities: Set[Identity]) -> pa.Table:
    """Identities as they are asked for."""
    listed = sorted(identities)
    columns = ([one[place] for one in listed] for place in (0, 1))
    texts = (pa.array(column, pa.string()) for column in columns)
    return pa.table(dict(zip(("merchant_id", "id"), texts, strict=True)))


def _standing(rows: pa.Table, key: str) -> pa.Table:
    """The rows that no row of the opposite sign cancels, without the sign."""
    signs = rows["sign"].to_pylist()
    if -1 in signs:
        columns = (rows[name].to_pylist() for name in ("merchant_id", key, "version"))
        versions = list(zip(*columns, strict=True))
        gone = {one for one, sign in zip(versions, signs, strict=True) if sign < 0}
        rows = rows.filter(pa.array([one not in gone for one in versions], pa.bool_()))
    return rows.drop_columns(["sign"])


def _read(column: str) -> str:
    """A column as it is read: JSON as its text."""
    text = column in ("payload", "payload_orders")
    return f"toJSONString({column}) AS {column}" if text else column

"""Keys of payloads that are not listed: they stand in a map, of which no columns are made.

Where the engine makes columns of the keys of a group of rows, each takes memory for every row of
it. Keys that each record has for itself would be as many as the records, and no memory would do.
"""

from collections.abc import Set
from dataclasses import replace

import msgspec
import pyarrow as pa

from callistics.engines.duckdb.delta import TableDelta
from callistics.engines.duckdb.tables import UNLISTED
from callistics.model.payload import order_key
from callistics.records.columnar.arrow import TEXTS, array_of, coded, with_columns
from callistics.records.columnar.payload_columns import FLAT

# Of each key its text and its order key.
_MAP = pa.map_(pa.string(), TEXTS)
_TYPES = {"payload": FLAT["payload"], "payload_orders": FLAT["payload_orders"], UNLISTED: _MAP}
_Scalars = dict[str, str]
_decoder = msgspec.json.Decoder(_Scalars)
_encoder = msgspec.json.Encoder()


def set_apart(delta: TableDelta, listed: Set[str]) -> TableDelta:
    """The delta with the keys that are not listed in `UNLISTED`, instead of the columns `FLAT`."""
    made = delta.derived
    are_all = all(keys.scalars <= listed for keys in delta.payload_keys.values())
    incoming, again, leads = (
        _with_none(rows) if are_all else _parted(rows, listed)
        for rows in (made.incoming, made.again, made.leads)
    )
    return replace(delta, derived=replace(made, incoming=incoming, again=again, leads=leads))


def _with_none(rows: pa.Table) -> pa.Table:
    return with_columns(rows, pa.table({UNLISTED: pa.nulls(rows.num_rows, _MAP)}))


def _parted(rows: pa.Table, listed: Set[str]) -> pa.Table:
    if not rows.num_rows:
        return _with_none(rows)
    codes, payloads = coded(array_of(rows["payload"]))
    parts = [_parts(payload, listed) for payload in payloads]
    which = pa.array(codes)
    columns = {
        name: pa.array([part[place] for part in parts], type_).take(which)
        for place, (name, type_) in enumerate(_TYPES.items())
    }
    return with_columns(rows, pa.table(columns))


def _parts(
    payload: str | None, listed: Set[str]
) -> tuple[str | None, str | None, list[tuple[str, list[str | None]]] | None]:
    """The texts and the order keys of what is listed, as JSON, and all else."""
    scalars: _Scalars = {} if payload is None else _decoder.decode(payload)
    texts = {key: text for key, text in scalars.items() if key in listed}
    orders = {key: order for key, text in texts.items() if (order := order_key(text)) is not None}
    apart = [(key, [text, order_key(text)]) for key, text in scalars.items() if key not in listed]
    return _json(texts), _json(orders), apart or None


def _json(values: _Scalars) -> str | None:
    return _encoder.encode(values).decode() if values else None

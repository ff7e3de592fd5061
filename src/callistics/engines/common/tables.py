"""What is derived, as Arrow tables for an engine to insert."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import msgspec
import pyarrow as pa

from callistics.engines.common.derive import Lead, Member
from callistics.engines.common.rows import TIME, events_array, offsets
from callistics.model.merge import Event
from callistics.model.payload import Element, Flat, flat

Encoded = tuple[str | None, list[tuple[str, list[Element]]] | None, str | None]
LISTS = pa.map_(pa.string(), pa.list_(pa.list_(pa.string())))
_TEXTS = pa.list_(pa.string())
_encoder = msgspec.json.Encoder()

_FIELDS = Member.__struct_fields__
MEMBER_COLUMNS = ("merchant_id", "lead_id", *_FIELDS[1 : _FIELDS.index("place")])
"""Of a call: the two that name its lead, and the others in the order of the fields of `Member`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of payloads that have a scalar under them, and those that have a list or an object."""

    scalars: set[str] = field(default_factory=set[str])
    lists: set[str] = field(default_factory=set[str])


class Payloads:
    """The flat forms of the payloads of one commit, and the keys that these have.

    `name` and `text` give what a key is called, and what a text is kept as, in the engine's
    columns of scalars and order keys, `absent` what stands in the columns for nothing.
    """

    def __init__(
        self,
        name: Callable[[str], str] = str,
        text: Callable[[str], str] = str,
        absent: Encoded = (None, None, None),
    ) -> None:
        self._name, self._text = name, text
        self._absent = absent
        self._encoded: dict[str | None, Encoded] = {None: absent}
        self.keys = Keys()

    def columns(self, texts: Iterable[str | None]) -> dict[str, pa.Array]:
        """The columns `payload`, `payload_lists` and `payload_orders`: JSON, a map, JSON."""
        known = self._encoded
        rows = [known.get(text) or self._take(text) for text in texts]
        return {
            "payload": pa.array([scalars for scalars, _, _ in rows], pa.string()),
            "payload_lists": pa.array([lists for _, lists, _ in rows], LISTS),
            "payload_orders": pa.array([orders for _, _, orders in rows], pa.string()),
        }

    def _take(self, text: str | None) -> Encoded:
        form = flat(text)
        self.keys.scalars.update(form.scalars)
        self.keys.lists.update(form.lists)
        self._encoded[text] = found = self._encode(form)
        return found

    def _encode(self, form: Flat) -> Encoded:
        scalars = {self._name(key): self._text(value) for key, value in form.scalars.items()}
        orders = {self._name(key): value for key, value in form.orders.items()}
        nothing, no_lists, no_orders = self._absent
        return (
            _encoder.encode(scalars).decode() if scalars else nothing,
            list(form.lists.items()) if form.lists else no_lists,
            _encoder.encode(orders).decode() if orders else no_orders,
        )


def members_of(calls: pa.Table) -> list[Member]:
    """Incoming calls, with the columns `rows.CALL_COLUMNS`, as their leads see them."""
    return [Member(*values) for values in zip(*member_values(calls), strict=True)]


def member_values(calls: pa.Table) -> Iterator[Sequence[Any]]:
    """The columns of calls, as the fields of `Member` take them."""
    merchants, leads, *others = MEMBER_COLUMNS
    yield list(zip(calls[merchants].to_pylist(), calls[leads].to_pylist(), strict=True))
    for name in others:
        column = calls[name]
        if name == "events":
            yield _events(column)
        elif column.null_count == len(column):
            yield [None] * len(column)
        elif column.type == TIME:
            yield column.cast(pa.int64()).to_pylist()
        else:
            yield column.to_pylist()


def _events(column: pa.ChunkedArray) -> list[list[Event]]:
    """The events of each row; none where there is no list."""
    if column.null_count == len(column):
        return [[]] * len(column)
    whole = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    sizes = whole.value_lengths().fill_null(0).to_pylist()
    inside = whole.flatten()
    since = inside.field("since").cast(pa.int64()).to_pylist()
    pairs = iter(list(zip(inside.field("status").to_pylist(), since, strict=True)))
    return [[next(pairs) for _ in range(size)] for size in sizes]


def call_table(calls: pa.Table, members: Sequence[Member], payloads: Payloads) -> pa.Table:
    """Rows of calls, with what is derived for each beside them."""
    for name, column in derived_columns(members, payloads).items():
        calls = calls.append_column(name, column)
    return calls


def derived_columns(members: Sequence[Member], payloads: Payloads) -> dict[str, pa.Array]:
    """What is derived for calls."""
    return {
        "attempt": pa.array([call.attempt for call in members], pa.int32()),
        "payload_base": pa.array([call.payload_base for call in members], pa.string()),
        **payloads.columns(call.payload for call in members),
    }


def lead_table(leads: Sequence[Lead], payloads: Payloads) -> pa.Table:
    """Rows of leads."""
    forms = payloads.columns(lead.payload_json for lead in leads)
    return pa.table(lead_columns(leads, Lead.__struct_fields__) | forms)


def lead_columns(leads: Sequence[Lead], names: Iterable[str]) -> dict[str, pa.Array]:
    """Columns of leads by their names."""
    return {name: _lead_column(name, [getattr(lead, name) for lead in leads]) for name in names}


def _lead_column(name: str, values: list[Any]) -> pa.Array:
    match name:
        case "history":
            return events_array(values)
        case "statuses" | "providers":
            texts = pa.array(list(chain.from_iterable(values)), pa.string())
            return pa.ListArray.from_arrays(offsets(values), texts, type=_TEXTS)
        case _:
            return pa.array(values, TIME if name == "created_at" else pa.string())

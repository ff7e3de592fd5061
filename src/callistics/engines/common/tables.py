"""What is derived, as Arrow tables for an engine to insert."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec
import pyarrow as pa

from callistics.engines.common.arrow import beside, pc
from callistics.model.payload import Element, flat, overlaid

Encoded = tuple[str | None, list[tuple[str, list[Element]]] | None, str | None]
LISTS = pa.map_(pa.string(), pa.list_(pa.list_(pa.string())))
FLAT = {"payload": pa.string(), "payload_lists": LISTS, "payload_orders": pa.string()}
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of payloads that have a scalar under them, and those that have a list or an object."""

    scalars: set[str] = field(default_factory=set[str])
    lists: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How an engine has its columns of scalars and order keys.

    `name` and `text` give what a key is called, and what a text is kept as, `absent` what stands in
    the columns `FLAT` for nothing.
    """

    name: Callable[[str], str] = str
    text: Callable[[str], str] = str
    absent: Encoded = (None, None, None)


PLAIN = Form()


class Payloads:
    """The flat forms of the payloads of one commit, and the keys that these have."""

    def __init__(self, form: Form = PLAIN) -> None:
        self._form = form
        self.keys = Keys()

    def columns(self, texts: pa.Array) -> dict[str, pa.Array]:
        """The columns `FLAT`: JSON, a map, JSON."""
        coded = texts.dictionary_encode()
        known = [*coded.dictionary.to_pylist(), None]
        for found in map(flat, known):
            self.keys.scalars.update(found.scalars)
            self.keys.lists.update(found.lists)
        forms = [_encoded(self._form, text) for text in known]
        which = coded.indices.fill_null(len(known) - 1)
        return {
            name: pa.array([form[place] for form in forms], type_).take(which)
            for place, (name, type_) in enumerate(FLAT.items())
        }


@lru_cache(maxsize=16_384)
def _encoded(form: Form, payload: str | None) -> Encoded:
    found = flat(payload)
    scalars = {form.name(key): form.text(value) for key, value in found.scalars.items()}
    orders = {form.name(key): value for key, value in found.orders.items()}
    nothing, no_lists, no_orders = form.absent
    return (
        _encoder.encode(scalars).decode() if scalars else nothing,
        list(found.lists.items()) if found.lists else no_lists,
        _encoder.encode(orders).decode() if orders else no_orders,
    )


def with_payloads(rows: pa.Table, texts: pa.Array, payloads: Payloads) -> pa.Table:
    """Rows with the flat forms of payloads beside them."""
    return beside(rows, pa.table(payloads.columns(texts)))


def overlays(base: pa.Array, own: pa.Array) -> pa.Array:
    """The payloads that calls are filtered by: their leads', overlaid by their own."""
    both = pc.and_(base.is_valid(), own.is_valid())
    made = [
        overlaid(*pair)
        for pair in zip(base.filter(both).to_pylist(), own.filter(both).to_pylist(), strict=True)
    ]
    return pc.replace_with_mask(pc.coalesce(base, own), both, pa.array(made, pa.string()))

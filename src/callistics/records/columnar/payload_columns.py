"""Payloads as columns: overlaid, and in the flat forms that queries read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from callistics.model.payload import Element, Flat, flat, overlaid
from callistics.records.columnar.arrow import TEXTS, RowIndices, coded, pc, with_columns

Encoded = tuple[str | None, list[tuple[str, list[Element]]] | None, str | None, str | None]
LISTS = pa.map_(pa.string(), pa.list_(TEXTS))
FLAT = {
    "payload": pa.string(),
    "payload_lists": LISTS,
    "payload_orders": pa.string(),
    "payload_shape": pa.string(),
}
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of payloads that have a scalar under them, and those that have a list or an object."""

    scalars: set[str] = field(default_factory=set[str])
    lists: set[str] = field(default_factory=set[str])


class _Shape(NamedTuple):
    """The keys of a payload, as many others have them."""

    scalars: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


_NO_KEYS = _Shape()


class Payloads:
    """The flat forms of the payloads of one commit, and the keys that these have, by merchant.

    `name` and `text` give what a key is called, and what a text is kept as, in the engine's
    columns of scalars and order keys, `absent` what stands in the columns for nothing.
    """

    def __init__(
        self,
        name: Callable[[str], str] = str,
        text: Callable[[str], str] = str,
        absent: Encoded = (None, None, None, None),
    ) -> None:
        self._name, self._text = name, text
        self._absent = absent
        self._encoded: dict[str | None, Encoded] = {None: absent}
        self._shapes: dict[str | None, _Shape] = {None: _NO_KEYS}
        self.keys: dict[str, Keys] = {}

    def columns(self, texts: pa.Array, merchants: pa.Array) -> dict[str, pa.Array]:
        """The columns `FLAT`: JSON, a map, JSON, and `model.payload.Flat.shape`."""
        if not len(texts):
            return {name: pa.array([], type_) for name, type_ in FLAT.items()}
        codes, known = coded(texts)
        self._take(codes, known, merchants)
        forms = [self._encoded[text] for text in known]
        which = pa.array(codes)
        return {
            name: pa.array([form[index] for form in forms], type_).take(which)
            for index, (name, type_) in enumerate(FLAT.items())
        }

    def _take(self, codes: RowIndices, known: list[str | None], merchants: pa.Array) -> None:
        """Flatten each text once; each merchant that has it has its keys."""
        for text in known:
            if text is not None and text not in self._encoded:
                form = flat(text)
                self._encoded[text] = self._encode(form)
                self._shapes[text] = _Shape(tuple(form.scalars), tuple(form.lists))
        shapes = {shape: number for number, shape in enumerate(set(self._shapes.values()))}
        shape_of = np.array([shapes[self._shapes[text]] for text in known])
        of, names = coded(merchants)
        pairs = np.unique(of * len(shapes) + shape_of[codes])
        named = list(shapes)
        for pair in pairs.tolist():
            merchant, shape = names[pair // len(shapes)], named[pair % len(shapes)]
            if merchant is not None and shape != _NO_KEYS:
                keys = self.keys.setdefault(merchant, Keys())
                keys.scalars.update(shape.scalars)
                keys.lists.update(shape.lists)

    def _encode(self, form: Flat) -> Encoded:
        scalars = {self._name(key): self._text(value) for key, value in form.scalars.items()}
        orders = {self._name(key): value for key, value in form.orders.items()}
        nothing, no_lists, no_orders, _ = self._absent
        return (
            _encoder.encode(scalars).decode() if scalars else nothing,
            list(form.lists.items()) if form.lists else no_lists,
            _encoder.encode(orders).decode() if orders else no_orders,
            form.shape,
        )


def with_payloads(
    rows: pa.Table, texts: pa.Array, merchants: pa.Array, payloads: Payloads
) -> pa.Table:
    """Rows with the flat forms of payloads, of which each is a merchant's, as more columns."""
    return with_columns(rows, pa.table(payloads.columns(texts, merchants)))


def overlays(base: pa.Array, own: pa.Array) -> pa.Array:
    """The payloads that calls are filtered by: their leads', overlaid by their own."""
    both = pc.and_(base.is_valid(), own.is_valid())
    made = [
        overlaid(*pair)
        for pair in zip(base.filter(both).to_pylist(), own.filter(both).to_pylist(), strict=True)
    ]
    return pc.replace_with_mask(pc.coalesce(base, own), both, pa.array(made, pa.string()))

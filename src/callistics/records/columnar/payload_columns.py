"""Payloads as columns: overlaid, and in the flat forms that queries read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from callistics.model.payload import Element, flat, overlaid
from callistics.model.short_texts import kept_for_short_texts
from callistics.records.columnar.arrow import TEXTS, RowIndices, coded, pc, with_columns

Encoded = tuple[str | None, list[tuple[str, list[Element]]] | None, str | None, str | None]
LISTS = pa.map_(pa.string(), pa.list_(TEXTS))
FLAT = {
    "payload": pa.string(),
    "payload_lists": LISTS,
    "payload_orders": pa.string(),
    "payload_shape": pa.string(),
}
_FORMS_KEPT = 16_384
# A pair of texts.
_ELEMENT = 160
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


class _Form(NamedTuple):
    """A payload in the columns `FLAT`, and its keys."""

    columns: Encoded
    keys: _Shape


def _size(form: _Form) -> int:
    """About how many bytes a form takes that differ from another's."""
    scalars, lists, orders, shape = form.columns
    texts = (scalars, orders, shape, *form.keys.scalars, *form.keys.lists)
    elements = sum(len(values) for _, values in lists or ())
    return sum(len(text) for text in texts if text) + _ELEMENT * elements


class Forms:
    """The flat forms of payloads in an engine's columns.

    `name` and `text` give what a key is called, and what a text is kept as, in the columns of
    scalars and order keys, `absent` what stands in the columns for nothing.
    """

    def __init__(
        self,
        name: Callable[[str], str] = str,
        text: Callable[[str], str] = str,
        absent: Encoded = (None, None, None, None),
    ) -> None:
        self._name, self._text = name, text
        self._absent = absent
        # Many calls have the payload of another, of this commit or one before.
        self._flattened = kept_for_short_texts(_FORMS_KEPT, _size)(self._flat)
        self._nothing = _Form(absent, _NO_KEYS)

    def of(self, payload: str | None) -> _Form:
        """That of a payload given as canonical text."""
        return self._nothing if payload is None else self._flattened(payload)

    def _flat(self, payload: str) -> _Form:
        form = flat(payload)
        scalars = {self._name(key): self._text(value) for key, value in form.scalars.items()}
        orders = {self._name(key): value for key, value in form.orders.items()}
        nothing, no_lists, no_orders, _ = self._absent
        columns = (
            _encoder.encode(scalars).decode() if scalars else nothing,
            list(form.lists.items()) if form.lists else no_lists,
            _encoder.encode(orders).decode() if orders else no_orders,
            form.shape,
        )
        return _Form(columns, _Shape(tuple(form.scalars), tuple(form.lists)))


class Payloads:
    """The flat forms of the payloads of one commit, and the keys that these have, by merchant."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._made: dict[str | None, _Form] = {}
        self.keys: dict[str, Keys] = {}

    def columns(self, texts: pa.Array, merchants: pa.Array) -> dict[str, pa.Array]:
        """The columns `FLAT`: JSON, a map, JSON, and `model.payload.Flat.shape`."""
        if not len(texts):
            return {name: pa.array([], type_) for name, type_ in FLAT.items()}
        codes, known = coded(texts)
        forms = [self._form(text) for text in known]
        self._note_keys(codes, forms, merchants)
        which = pa.array(codes)
        return {
            name: pa.array([form.columns[index] for form in forms], type_).take(which)
            for index, (name, type_) in enumerate(FLAT.items())
        }

    def _form(self, text: str | None) -> _Form:
        """That of a text; a lead's, and those of its calls, may be long and alike."""
        found = self._made.get(text)
        if found is None:
            self._made[text] = found = self._forms.of(text)
        return found

    def _note_keys(self, codes: RowIndices, forms: list[_Form], merchants: pa.Array) -> None:
        """Each merchant that has a payload has its keys."""
        shapes: dict[_Shape, int] = {}
        shape_of = np.array([shapes.setdefault(form.keys, len(shapes)) for form in forms])
        of, names = coded(merchants)
        pairs = np.unique(of * len(shapes) + shape_of[codes])
        named = list(shapes)
        for pair in pairs.tolist():
            merchant, shape = names[pair // len(shapes)], named[pair % len(shapes)]
            if merchant is not None and shape != _NO_KEYS:
                keys = self.keys.setdefault(merchant, Keys())
                keys.scalars.update(shape.scalars)
                keys.lists.update(shape.lists)


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

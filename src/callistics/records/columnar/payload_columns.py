"""Payloads as columns: overlaid, and in the flat forms that questions read."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pyarrow as pa

from callistics.model.payload import Element, Flat, flat, overlaid
from callistics.records.columnar.arrow import TEXTS, beside, coded, pc

Encoded = tuple[str | None, list[tuple[str, list[Element]]] | None, str | None]
LISTS = pa.map_(pa.string(), pa.list_(TEXTS))
FLAT = {"payload": pa.string(), "payload_lists": LISTS, "payload_orders": pa.string()}
_encoder = msgspec.json.Encoder()


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

    def columns(self, texts: pa.Array) -> dict[str, pa.Array]:
        """The columns `FLAT`: JSON, a map, JSON."""
        codes, known = coded(texts)
        forms = [self._encoded.get(text) or self._take(text) for text in known]
        which = pa.array(codes)
        return {
            name: pa.array([form[place] for form in forms], type_).take(which)
            for place, (name, type_) in enumerate(FLAT.items())
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

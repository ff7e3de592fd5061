"""Records that come as values are what the JSON texts that say the same are."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, batch_of_values, decode_batch
from callistics.model.scope import EVERYTHING
from callistics.records.field import RecordKind
from support.decoders import READING, WHOLE, contents

LIMITS = Limits(1 << 30, 1_000)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXTS, one, max_size=3)
)


@st.composite
def records(draw: st.DrawFn) -> Any:
    """A whole call with a few fields changed, or anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    names = draw(st.lists(st.sampled_from([*sorted(WHOLE), "cost", "duration", "other"])))
    return WHOLE | {name: draw(VALUES | NUMBERS) for name in names[:3]}


def terms(kind: RecordKind = RecordKind.CALLS) -> Terms:
    return Terms(kind, READING, EVERYTHING, columns_from=1)


def of_texts(found: Sequence[object], used: Terms) -> Batch:
    body = "\n".join(json.dumps(one, default=_exactly) for one in found)
    return decode_batch(body.encode(), "application/x-ndjson", LIMITS, used)


def _exactly(value: object) -> object:
    assert isinstance(value, Decimal)
    return float(value)


@pytest.mark.parametrize("kind", RecordKind)
@given(found=st.lists(records(), min_size=1, max_size=5))
def test_they_come_to_the_same(kind: RecordKind, found: list[Any]) -> None:
    used = terms(kind)
    assert contents(batch_of_values(found, used)) == contents(of_texts(found, used))


def test_ordinary_values_become_columns() -> None:
    batch = batch_of_values([{**WHOLE, "sentiment": Decimal("0.755")}, WHOLE], terms())
    assert batch.columns is not None
    assert (list(batch.columns.indices), batch.changes) == ([0, 1], [])


@pytest.mark.parametrize(
    "number", [Decimal("1.0000000000000000001"), Decimal("1e-400"), Decimal("7" * 5_000)]
)
def test_a_number_that_no_float_gives_back_is_read_with_care(number: Decimal) -> None:
    batch = batch_of_values([{**WHOLE, "sentiment": number}], terms())
    assert batch.columns is None

"""Records that cannot be stored, among others that can: each is told, and nothing else is lost."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from callistics import Client
from callistics.client import NoAnswerError, Receipt, RecordError, Rejected
from callistics.client.rows.records import rows_of
from callistics.testing import RunningServer
from support.faults import Fault
from support.flaky import Proxy

Records = Callable[[int], list[dict[str, Any]]]


@pytest.mark.parametrize("given", [None, 7, pl.LazyFrame({"call_id": ["c"]}), "calls.csv"])
def test_what_holds_no_records_is_told(given: Any) -> None:
    with pytest.raises(RecordError, match="give an iterable of them, a frame or a table"):
        Client("http://127.0.0.1:1", "key").ingest(given)


def test_what_cannot_be_sent_is_left_out_as_other_bad_records_are(
    client: Client, records: Records
) -> None:
    sent = records(25)
    sent[3]["sentiment"] = 7
    for place in (7, 17, 24):
        sent[place]["cost"] = float("nan")
    sent[19]["sentiment"] = 7
    told: list[Rejected] = []
    receipt = client.ingest(sent, batch_size=10, on_error="skip", on_rejected=told.append)
    assert (receipt.received, receipt.stored, receipt.rejected) == (25, 20, 5)
    assert sorted(one.index for one in told) == [3, 7, 17, 19, 24]
    assert {one.index: one.errors[0].message for one in told}[17].startswith("nan is no number")
    assert sorted(receipt.first_rejected, key=lambda one: one.index) == sorted(
        told, key=lambda one: one.index
    )


def test_what_was_stored_before_is_told_whatever_ends_it(
    client: Client, records: Records, proxy: Proxy, running: RunningServer
) -> None:
    sent = records(25)
    sent[17]["cost"] = float("nan")
    with pytest.raises(RecordError, match="record 17: nan is no number") as caught:
        client.ingest(sent, batch_size=10)
    assert caught.value.receipt == Receipt(received=10, stored=10)
    proxy.order(Fault.CUT_BODY, "POST /calls", skip=1)
    with (
        Client(proxy.url, running.key, max_retries=0) as through,
        pytest.raises(NoAnswerError) as lost,
    ):
        through.ingest(records(20), batch_size=10)
    assert lost.value.receipt == Receipt(received=10, unchanged=10)


def test_every_rejected_record_is_told_however_many_an_answer_names(
    client: Client, records: Records, merchant: str
) -> None:
    """An answer names a thousand; asking for the others stores nothing anew."""
    sent = records(2_600)
    bad = [place for place in range(2_600) if place % 7]
    for place in bad:
        sent[place]["attempt"] = 0
    for one in sent:
        del one["updated_at"]
    told: list[Rejected] = []
    seen: list[object] = []

    def tell(one: Rejected) -> None:
        if not told:
            seen.append(client.call(f"{merchant} 0"))
        told.append(one)

    receipt = client.ingest(sent, on_error="skip", on_rejected=tell)
    assert (receipt.stored, receipt.rejected) == (2_600 - len(bad), len(bad))
    assert sorted(one.index for one in told) == bad
    assert {one.pointer for bad in told for one in bad.errors} == {"/attempt"}
    assert len(receipt.first_rejected) == 1_000
    assert [client.call(f"{merchant} 0")] == seen


def test_a_payload_that_is_no_object_is_a_bad_record_of_a_table(
    client: Client, records: Records
) -> None:
    wrong = ["[]", "{", "text", '{"age": 1}']
    frame = pl.DataFrame({"payload": wrong, "payload.city": ["Delhi", None, None, None]})
    names = ("call_id", "merchant_id", "reseller_id", "started_at")
    sent = frame.with_columns(pl.Series(name, [one[name] for one in records(4)]) for name in names)
    told: list[Rejected] = []
    assert client.ingest(sent, on_error="skip", on_rejected=told.append).stored == 1
    assert [one.index for one in told] == [0, 1, 2]
    assert {error.pointer for one in told for error in one.errors} == {"/payload"}


def test_a_frame_that_arrow_has_no_form_for_is_told() -> None:
    for mixed in ([5, "n/a"], [{"age": 5}, {"age": "n/a"}]):
        frame = pd.DataFrame({"call_id": ["a", "b"], "payload": mixed})
        with pytest.raises(RecordError, match=r"payload.*as their JSON"):
            list(rows_of(frame))


def test_a_column_that_is_there_twice_is_told() -> None:
    table = pa.table(
        [pa.array(["a"]), pa.array(["X"]), pa.array(["Y"])], names=["call_id", "o", "o"]
    )
    with pytest.raises(RecordError, match="more than one column 'o'"):
        list(rows_of(table))

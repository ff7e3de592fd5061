"""Records on their way: in batches, exactly, with what becomes of each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pandas as pd
import pytest

from callistics import AsyncClient, Client
from callistics.client import (
    ClientError,
    InvalidValuesError,
    Receipt,
    RecordError,
    Rejected,
)
from callistics.client.encoding import encoded
from callistics.client.ingesting import Batcher, batches
from callistics.testing import RunningServer, running_server

from .conftest import Script

Records = Callable[[int], list[dict[str, Any]]]


def test_batches_and_what_becomes_of_them(client: Client, records: Records, merchant: str) -> None:
    seen: list[Receipt] = []
    receipt = client.ingest(iter(records(25)), batch_size=10, progress=seen.append)
    assert [one.received for one in seen] == [10, 20, 25]
    assert seen[-1] == receipt == Receipt(received=25, stored=25)
    assert client.ingest(records(25)) == Receipt(received=25, unchanged=25)
    (row,) = client.query("measure", measure="cost", filters={"merchant_id": merchant})
    assert row["sum"] == sum(one["cost"] for one in records(25))
    found = client.call(records(25)[7]["call_id"])
    assert found["duration"] == Decimal("7.005")
    assert found["payload"] == {"city": "Delhi", "age": Decimal("41.10")}


def test_no_records_are_no_request() -> None:
    script = Script(httpx.Response(500))
    http = httpx.Client(transport=httpx.MockTransport(script))
    assert Client("http://host", http_client=http).ingest([]) == Receipt()
    assert not script.requests


def test_leads_and_a_single_record(client: Client, merchant: str) -> None:
    lead = {"lead_id": f"{merchant} l", "merchant_id": merchant, "reseller_id": "r"}
    assert client.ingest({**lead, "status": "new"}, "leads").stored == 1
    shown = client.lead(lead["lead_id"])
    assert shown["status"] == "new"
    assert [one["status"] for one in shown["history"]] == ["new"]


def test_records_are_read_only_as_they_are_sent() -> None:
    taken = 0

    def endless() -> Iterator[dict[str, int]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"call_id": taken}

    found = batches(endless(), Batcher(10))
    for number in (1, 2, 3):
        assert len(next(found)) == 10
        assert taken <= 10 * number + 1


def test_a_batch_has_no_more_bytes_than_a_request_may() -> None:
    lines = list(batches([{"call_id": "x" * 30}] * 10, Batcher(1_000, 100)))
    assert [len(one) for one in lines] == [2] * 5
    assert [len(one) for one in batches([{"call_id": "x" * 300}] * 2, Batcher(1_000, 100))] == [
        1,
        1,
    ]


def test_bad_records_are_left_out_and_told(client: Client, records: Records) -> None:
    sent = records(25)
    for place in (3, 17, 24):
        sent[place]["sentiment"] = 7
    told: list[Rejected] = []
    receipt = client.ingest(sent, batch_size=10, on_error="skip", on_rejected=told.append)
    assert (receipt.received, receipt.stored, receipt.rejected) == (25, 22, 3)
    assert [one.index for one in told] == [3, 17, 24]
    assert receipt.first_rejected == tuple(told)
    assert {one.pointer for bad in told for one in bad.errors} == {"/sentiment"}


def test_a_bad_record_refuses_its_batch_and_is_found(client: Client, records: Records) -> None:
    sent = records(25)
    sent[17]["sentiment"] = 7
    with pytest.raises(InvalidValuesError) as caught:
        client.ingest(sent, batch_size=10)
    assert [one.pointer for one in caught.value.errors] == ["/17/sentiment"]
    assert caught.value.receipt == Receipt(received=10, stored=10)
    assert "/17/sentiment" in str(caught.value)


def test_what_a_record_lacks_is_told_with_its_place(client: Client, merchant: str) -> None:
    known = {"call_id": f"{merchant} 0", "merchant_id": merchant, "reseller_id": "r"}
    client.ingest({**known, "started_at": "2025-01-01"})
    waiting = {"call_id": f"{merchant} 1", "merchant_id": merchant}
    receipt = client.ingest([known, waiting], batch_size=1)
    assert receipt.pending == 1
    (one,) = receipt.first_pending
    assert (one.index, one.id) == (1, waiting["call_id"])
    assert "started_at" in one.fields


def test_a_batch_that_is_too_large_for_the_server_is_halved(records: Records) -> None:
    with running_server(record_limit="7") as server, server.client() as client:
        assert client.ingest(records(20)) == Receipt(received=20, stored=20)
        bad = records(20)
        bad[17]["sentiment"] = 7
        with pytest.raises(InvalidValuesError) as caught:
            client.ingest(bad)
        assert [one.pointer for one in caught.value.errors] == ["/17/sentiment"]


def test_a_name_for_all_of_it_makes_doing_it_again_the_same(
    client: Client, records: Records
) -> None:
    name = "import 1".replace(" ", "-") + str(abs(hash(records(1)[0]["call_id"])))
    first = client.ingest(records(5), batch_size=2, idempotency_key=name)
    assert client.ingest(records(5), batch_size=2, idempotency_key=name) == first
    with pytest.raises(InvalidValuesError, match="Idempotency"):
        client.ingest(records(3), idempotency_key=name)


def test_times_without_a_zone_are_those_of_the_zone_that_is_named(
    client: Client, records: Records
) -> None:
    one: dict[str, Any] = records(1)[0] | {"started_at": datetime(2025, 6, 1, 9)}  # noqa: DTZ001 - local
    client.ingest([one], timezone="Asia/Kolkata")
    assert client.call(one["call_id"])["started_at"] == "2025-06-01T03:30:00+00:00"


class Color(Enum):
    """A choice."""

    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.10"), "0.10"),
        (Decimal("1E+2"), "1E+2"),
        (0.1, "0.1"),
        (2**70, "1180591620717411303424"),
        (True, "true"),
        (None, "null"),
        (date(2025, 1, 2), '"2025-01-02"'),
        (datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC), '"2025-01-02T03:04:05.000006Z"'),
        (timedelta(days=1, seconds=2, milliseconds=3), "86402.003"),
        (timedelta(seconds=-1), "-1"),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Color.RED, '"red"'),
        (np.int64(7), "7"),
        (np.float64(0.5), "0.5"),
        (np.bool_(True), "true"),
        # With the digits of the double, 0.699999988, it would be in another bin of sentiment.
        (np.float32(0.7), "0.7"),
        (np.longdouble("0.1"), "0.1"),
        (np.timedelta64(1500, "ms").astype("m8[ns]"), "1.5"),
        (np.datetime64("2025-01-02T03:04:05", "ns"), '"2025-01-02T03:04:05"'),
        (np.datetime64("2025-01-02"), '"2025-01-02"'),
        (np.str_("a"), '"a"'),
        (pd.Timestamp("2025-01-02T03:04:05Z"), '"2025-01-02T03:04:05Z"'),
        ({"a": [1, (2, {"b": None})]}, '{"a":[1,[2,{"b":null}]]}'),
        ("é \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), '"é 😀"'),
    ],
)
def test_values_are_sent_as_they_are(value: object, text: str) -> None:
    assert encoded(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("-inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        np.float64("nan"),
        np.float32("nan"),
        np.datetime64("NaT"),
        np.timedelta64("NaT", "ns"),
        pd.NaT,
        pd.NA,
        b"bytes",
        {1: "a"},
        {"a": [{"b": float("nan")}]},
        object(),
    ],
)
def test_what_json_has_no_form_for_is_refused(value: object) -> None:
    with pytest.raises(RecordError):
        encoded({"cost": value})


def test_a_record_that_cannot_be_sent_is_named() -> None:
    with Client() as client, pytest.raises(RecordError, match="record 1: nan is no number"):
        client.ingest([{"call_id": "a"}, {"call_id": "b", "cost": float("nan")}])


@pytest.mark.parametrize("source", ["calls.csv", b"{}"])
def test_what_has_no_records_is_refused(source: Any) -> None:
    with Client() as client, pytest.raises(RecordError, match="records are mappings"):
        client.ingest(source)


def test_an_unknown_keyword_is_refused() -> None:
    wrong: Any = {"on_eror": "skip"}
    with Client() as client, pytest.raises(TypeError, match="on_eror"):
        client.ingest([], **wrong)
    one: Any = "lead"
    with Client() as client, pytest.raises(ClientError, match='"calls" or "leads"'):
        client.ingest([], one)


def test_records_may_come_asynchronously(
    running: RunningServer, records: Records, merchant: str
) -> None:
    async def source() -> AsyncIterator[dict[str, Any]]:
        for one in records(7):
            await asyncio.sleep(0)
            yield one

    async def send() -> Receipt:
        async with AsyncClient(running.url, running.key) as client:
            return await client.ingest(source(), batch_size=3)

    assert asyncio.run(send()) == Receipt(received=7, stored=7)

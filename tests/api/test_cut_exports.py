"""Exports that do not come to their end: the client sees it, and the server goes on."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics.exports.formats import CSV
from callistics.http.export import BY_MEDIA_TYPE
from callistics.http.services import Services
from callistics.server.app import build
from callistics.server.in_process import BASE_URL, LocalTransport
from callistics.settings import Settings
from support.live import live
from support.server import problem

BODY = {"query_type": "hourly_heatmap"}
ACCEPT = {"Accept": "text/csv"}
# The first rows are sent, then the writing of the next fails.
FAILING = """
from dataclasses import replace
from callistics.exports import formats
def broken(schema, chunks):
    yield b"hour,count\\r\\n" + b"0,0\\r\\n" * 10_000
    raise RuntimeError("in the middle")
from callistics.http.export import BY_MEDIA_TYPE
BY_MEDIA_TYPE["text/csv"] = replace(formats.CSV, write=broken)
"""


def test_a_connection_ends_without_the_end_of_the_body(tmp_path: Path) -> None:
    with live(tmp_path, before=FAILING) as server:
        received: list[bytes] = []
        with server.client.stream("POST", "/analytics", json=BODY, headers=ACCEPT) as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                received.extend(answer.iter_bytes())
        whole = b"".join(received)
        assert whole.startswith(b"hour,count\r\n0,0\r\n")
        assert not whole.endswith(b"\n")
        assert server.rows("call_count") == [{"count": 0}]


Write = Callable[[Any, Iterable[Any]], Iterator[bytes]]


@contextmanager
def local(folder: Path, **settings: Any) -> Generator[tuple[httpx.Client, Services]]:
    """The application in this process, its answers taken piece by piece."""
    engine = f"duckdb://{folder}/test.db"
    application = build(Settings(engine=engine, log_level="error", **settings))
    key = {"Authorization": f"Bearer {application.local_key}"}
    transport = LocalTransport(application.asgi)
    with httpx.Client(base_url=BASE_URL, headers=key, transport=transport) as client:
        yield client, application.services


def writing(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    monkeypatch.setitem(BY_MEDIA_TYPE, "text/csv", replace(CSV, write=write))


def begun(client: httpx.Client) -> Any:
    return client.stream("POST", "/analytics", json=BODY, headers=ACCEPT)


def test_without_a_network_it_is_cut_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Any, __: Iterable[Any]) -> Iterator[bytes]:
        yield b"hour,count\r\n" * 10
        raise RuntimeError("in the middle")

    writing(monkeypatch, broken)
    with local(tmp_path) as (client, parts), begun(client) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()
        assert parts.exports_under_way.total() == 0


def test_nothing_more_is_made_for_a_client_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def endless(_: Any, __: Iterable[Any]) -> Iterator[bytes]:
        while True:
            made.append(1)
            yield b"x" * 1_000

    writing(monkeypatch, endless)
    with local(tmp_path) as (client, parts):
        with begun(client) as answer:
            assert next(answer.iter_raw())
            assert parts.exports_under_way.total() == 1
        assert parts.exports_under_way.total() == 0
        # What is not taken is not made: no more than what waits on the way.
        assert len(made) < 10
        assert client.post("/analytics", json=BODY).status_code == 200


def test_only_so_many_are_sent_at_a_time(tmp_path: Path) -> None:
    with local(tmp_path, export_concurrency=1) as (client, _):
        with begun(client) as first:
            refused = client.post("/analytics", json=BODY, headers=ACCEPT)
            assert problem(refused, 503)["title"] == "Unavailable"
            assert refused.headers["retry-after"] == "1"
            assert client.post("/analytics", json=BODY).status_code == 200
            first.read()
        assert client.post("/analytics", json=BODY, headers=ACCEPT).text.count("\r\n") == 25


def test_a_refused_export_is_none_under_way(tmp_path: Path) -> None:
    with local(tmp_path, export_concurrency=1) as (client, parts):
        wrong = {"query_type": "call_cuont"}
        assert client.post("/analytics", json=wrong, headers=ACCEPT).status_code == 400
        assert parts.exports_under_way.total() == 0

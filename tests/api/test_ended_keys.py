"""A key or token that ends while it is being answered: nothing more is sent."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from callistics.exports.formats import CSV
from callistics.http import analytics as http_analytics
from callistics.http.export import BY_MEDIA_TYPE
from callistics.http.services import Services
from callistics.model.instants import SECOND, utc_text
from callistics.server.app import build
from callistics.server.in_process import BASE_URL, LocalTransport
from callistics.settings import Settings
from support.server import problem

QUERY = {"query_type": "hourly_heatmap"}
CALL = {"merchant_id": "m", "reseller_id": "r", "started_at": "2026-01-05T10:00:00Z"}
LONG = 60
LARGE = 8 << 20


@dataclass(frozen=True)
class Local:
    """The application in this process, its answers taken piece by piece."""

    client: httpx.Client
    parts: Services

    def made(self, path: str, **wanted: Any) -> dict[str, Any]:
        answer = self.client.post(path, json=wanted)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def begun(self, key: str, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {key}", **headers}
        return self.client.stream("POST", "/analytics", json=QUERY, headers=sent)


@pytest.fixture
def local(tmp_path: Path) -> Generator[Local]:
    application = build(Settings(engine=f"duckdb://{tmp_path}/test.db", log_level="error"))
    key = {"Authorization": f"Bearer {application.local_key}"}
    transport = LocalTransport(application.asgi)
    with httpx.Client(base_url=BASE_URL, headers=key, transport=transport, timeout=LONG) as client:
        yield Local(client, application.services)


Ended = Callable[[], None]


def of_a_key(local: Local, **more: Any) -> tuple[str, str]:
    permissions = ["query", "ingest"]
    made = local.made("/keys", name="brief", permissions=permissions, **more)
    return made["id"], made["key"]


def later(local: Local, seconds: int) -> None:
    at = local.parts.clock() + seconds * SECOND
    local.parts.clock = lambda: at


def revoked(local: Local) -> tuple[str, Ended]:
    id_, key = of_a_key(local)
    return key, lambda: local.client.delete(f"/keys/{id_}").raise_for_status() and None


def expired(local: Local) -> tuple[str, Ended]:
    key = of_a_key(local, expires_at=utc_text(local.parts.clock() + LONG * SECOND))[1]
    return key, lambda: later(local, LONG)


def rotated(local: Local) -> tuple[str, Ended]:
    id_, key = of_a_key(local)

    def end() -> None:
        local.made(f"/keys/{id_}/rotate", overlap=LONG)
        later(local, LONG)

    return key, end


def token(local: Local) -> str:
    return local.made("/embed-tokens", scope={"merchant_ids": ["m"]}, expires_in=LONG)["token"]


def expired_token(local: Local) -> tuple[str, Ended]:
    return token(local), lambda: later(local, LONG)


def revoked_token(local: Local) -> tuple[str, Ended]:
    return token(local), lambda: local.client.delete("/embed-tokens").raise_for_status() and None


KEYS = [revoked, expired, rotated]
TOKENS = [expired_token, revoked_token]
Ending = Callable[[Local], tuple[str, Ended]]


@contextmanager
def cut(local: Local, key: str, **headers: str) -> Generator[Iterator[bytes]]:
    """The pieces of an answer that does not come to its end."""
    with capture_logs() as lines:
        with local.begun(key, **headers) as answer:
            assert answer.status_code == 200
            pieces = answer.iter_raw()
            yield pieces
            with pytest.raises(httpx.RemoteProtocolError):
                list(pieces)
        assert local.parts.exports_under_way.total() == 0
        assert local.parts.memory.held == 0
    (line,) = [one for one in lines if one.get("route") == "/analytics"]
    assert (line["event"], line["problem"]) == ("request", "cut")
    assert "key" in line["reason"] or "token" in line["reason"]


@pytest.mark.parametrize("ending", [*KEYS, *TOKENS])
def test_an_export_is_cut_off(
    ending: Ending, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def endless(_: Any, __: Iterable[Any]) -> Iterator[bytes]:
        while True:
            made.append(1)
            yield b"0,0\r\n" * 10

    monkeypatch.setitem(BY_MEDIA_TYPE, "text/csv", replace(CSV, write=endless))
    key, end = ending(local)
    with cut(local, key, Accept="text/csv") as pieces:
        for _ in range(10):
            next(pieces)
        end()
        before = len(made)
    # No more than what waited on the way.
    assert len(made) < before + 5


def test_others_do_not_end_with_it(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    def some(_: Any, __: Iterable[Any]) -> Iterator[bytes]:
        yield from [b"0,0\r\n" * 10] * 20

    monkeypatch.setitem(BY_MEDIA_TYPE, "text/csv", replace(CSV, write=some))
    (_, going_on), (_, end) = of_a_key(local), revoked(local)
    with local.begun(going_on, Accept="text/csv") as answer:
        pieces = answer.iter_raw()
        found = next(pieces)
        end()
        assert found + b"".join(pieces) == b"0,0\r\n" * 200


@pytest.mark.parametrize("ending", [revoked, revoked_token])
def test_a_large_answer_is_cut_off(
    ending: Ending, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_analytics, "envelope", lambda _: b"x" * LARGE)
    key, end = ending(local)
    with cut(local, key) as pieces:
        next(pieces)
        end()


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
@pytest.mark.parametrize("ending", [revoked, expired_token])
def test_what_was_being_worked_at_is_not_answered(
    ending: Ending, accept: str, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()
    parts, key_and_end = local.parts, ending(local)
    work, export = parts.analytics.timed_plan, parts.exports.of_query

    def waiting(real: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*given: Any) -> Any:
            begun.set()
            assert go.wait(LONG)
            return real(*given)

        return wait

    monkeypatch.setattr(parts.analytics, "timed_plan", waiting(work))
    monkeypatch.setattr(parts.exports, "of_query", waiting(export))
    key, end = key_and_end
    headers = {"Authorization": f"Bearer {key}", "Accept": accept}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(local.client.post, "/analytics", json=QUERY, headers=headers)
        assert begun.wait(LONG)
        end()
        threading.Timer(0.1, go.set).start()
        problem(asked.result(), 401)
    assert parts.exports_under_way.total() == 0


def test_bodies_that_wait_to_be_read_store_nothing(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, end = revoked(local)
    real = local.parts.decode_process.decode_batch

    def late(*given: Any) -> Any:
        end()
        return real(*given)

    monkeypatch.setattr(local.parts.decode_process, "decode_batch", late)
    sent = [{"call_id": f"c{number}", **CALL} for number in range(100)]
    headers = {"Authorization": f"Bearer {key}"}
    problem(local.client.post("/calls", json=sent, headers=headers), 401)
    counted = local.client.post("/analytics", json={"query_type": "call_count"}).json()["data"]
    assert counted == [{"count": 0}]

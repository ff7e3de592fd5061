"""One exception a status, under one tree, with all that the server says."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics import AsyncClient, Client, client
from callistics.client import (
    ClientError,
    InvalidValuesError,
    Receipt,
    ServerError,
    StatusError,
    errors,
)
from callistics.client.errors import BY_STATUS
from callistics.errors import CallisticsError
from callistics.problem_types import PROBLEM_TYPES
from callistics.testing import RunningServer

from .conftest import Script


def answering(response: httpx.Response) -> Client:
    http = httpx.Client(transport=httpx.MockTransport(Script(response)))
    return Client("http://host", http_client=http, max_retries=0)


def error_of(response: httpx.Response) -> StatusError:
    with pytest.raises(StatusError) as caught:
        answering(response).types()
    return caught.value


def test_every_status_of_the_server_has_an_exception_of_its_own() -> None:
    statuses = {one.status for one in PROBLEM_TYPES}
    assert statuses <= BY_STATUS.keys()
    assert len(set(BY_STATUS.values())) == len(BY_STATUS)


@pytest.mark.parametrize("status", sorted(BY_STATUS))
def test_the_exception_of_a_status(status: int) -> None:
    found = error_of(httpx.Response(status, json={"title": "T", "status": status}))
    assert type(found) is BY_STATUS[status]
    assert isinstance(found, ServerError) == (status >= 500)
    assert isinstance(found, ClientError)
    assert isinstance(found, CallisticsError)


@pytest.mark.parametrize(("status", "kind"), [(418, StatusError), (599, ServerError)])
def test_a_status_that_nobody_expects(status: int, kind: type[StatusError]) -> None:
    found = error_of(httpx.Response(status, text="<html>"))
    assert type(found) is kind
    assert found.status == status
    assert not found.errors


def test_a_redirect_is_no_answer() -> None:
    found = error_of(httpx.Response(307, headers={"Location": "https://host/"}))
    assert found.status == 307
    assert "sent on to https://host/, where nothing was asked" in str(found)


def test_every_field_that_is_wrong_is_reachable(running: RunningServer) -> None:
    with running.client() as there, pytest.raises(InvalidValuesError) as caught:
        there.query(
            "call_count",
            filters={"date_from": "2025-02-30", "min_duration": -1},
            timezone="Mars/Base",
        )
    found = caught.value
    assert {one.pointer for one in found.errors} == {
        "/filters/date_from",
        "/filters/min_duration",
        "/timezone",
    }
    values = {one.pointer: one.value for one in found.errors}
    assert values["/filters/date_from"] == "2025-02-30"
    assert values["/filters/min_duration"] == -1
    assert all(one.message for one in found.errors)
    assert found.type == "urn:callistics:problem:invalid-values"
    assert found.problem["status"] == 422
    for one in found.errors:
        assert one.pointer in str(found)


def test_an_error_comes_out_of_another_process_as_it_was(running: RunningServer) -> None:
    with running.client() as there, pytest.raises(InvalidValuesError) as caught:
        there.ingest([{"call_id": "c", "attempt": 0}, {"call_id": 7}], batch_size=1)
    found = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert type(found) is InvalidValuesError
    assert str(found) == str(caught.value)
    assert (found.errors, found.problem) == (caught.value.errors, caught.value.problem)
    assert found.receipt == caught.value.receipt == Receipt()
    assert found.headers["content-type"] == "application/problem+json"


def test_a_name_that_is_close_is_told(running: RunningServer) -> None:
    wrong: Any = {"merchant": "mer"}
    with (
        running.client() as there,
        pytest.raises(client.BadRequestError, match="did you mean"),
    ):
        there.query("call_count", filters=wrong)


def test_no_key_and_a_key_that_may_not(running: RunningServer) -> None:
    with running.client() as admin:
        reader = admin.create_key("reader", ["query"])
        with pytest.raises(client.UnauthorizedError):
            admin.with_options(key=None).query("call_count")
        with pytest.raises(client.ForbiddenError):
            admin.with_options(key=reader.secret).list_keys()
        admin.revoke_key(reader.id)
        with pytest.raises(client.UnauthorizedError):
            admin.with_options(key=reader.secret).query("call_count")


@pytest.mark.parametrize("text", ["<html>Sign in</html>", "[]", "", '{"title": "hello"}'])
def test_a_success_that_is_no_answer_says_where_it_came_from(text: str) -> None:
    there = answering(httpx.Response(200, text=text))
    with pytest.raises(client.UnreadableAnswerError, match="http://host/analytics"):
        there.query("call_count")
    with pytest.raises(client.UnreadableAnswerError, match="http://host/calls/search"):
        there.search_calls().to_arrow()


@pytest.mark.parametrize(
    "ending",
    [
        lambda there: there.revoke_key("key_x"),
        lambda there: there.revoke_embed_tokens(),
        lambda there: there.delete_alert("alert_x"),
    ],
)
def test_a_page_of_something_else_has_ended_nothing(ending: Callable[[Client], None]) -> None:
    with pytest.raises(client.UnreadableAnswerError, match="http://host/"):
        ending(answering(httpx.Response(200, text="<html>Sign in</html>")))


@pytest.mark.parametrize(
    "url",
    [
        "host:8000",
        "ftp://host",
        "http://",
        "http://host:port",
        "http://host:99999",
        "http://h/?a=1",
        "http://h#a",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ClientError, match="http"):
        Client(url)


def test_an_address_has_no_password() -> None:
    """It would be sent in the place of the key."""
    with pytest.raises(ClientError, match="give an access key") as caught:
        Client("http://user:secret@host")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["very secret\nkey", "very secret\0", "very secret é"])
def test_a_key_that_cannot_be_sent_is_not_shown(running: RunningServer, key: str) -> None:
    with Client(running.url, key) as there, pytest.raises(ClientError) as caught:
        there.types()
    assert str(caught.value) == "Authorization: has a character that no header can have"


def test_the_end_of_a_line_is_no_part_of_a_key(running: RunningServer) -> None:
    with Client(running.url, f"{running.key}\n") as there:
        assert there.types()["query_types"]


@pytest.mark.parametrize("headers", [{"X-Name": "é"}, {"X Name": "x"}, {"X-Name": "x\r\nY: z"}])
def test_headers_that_cannot_be_sent(running: RunningServer, headers: dict[str, str]) -> None:
    with (
        Client(running.url, running.key, headers=headers) as there,
        pytest.raises(ClientError, match=r"X.Name: has a character that no header can have"),
    ):
        there.types()


def test_what_no_request_can_be_made_of(running: RunningServer) -> None:
    there = running.client()
    with pytest.raises(ClientError, match="too long"):
        there.values("x" * 100_000)
    with pytest.raises(ClientError, match="Idempotency-Key: has a character"):
        there.ingest([{"call_id": "c"}], idempotency_key="é")
    there.close()
    with pytest.raises(ClientError, match="the client was closed: make another one"):
        there.types()
    with pytest.raises(ClientError, match="idna"):
        Client(f"http://{'a' * 70}.example").types()


@pytest.mark.parametrize("identity", ["", "a\udcff", 42, None])
def test_what_is_no_id_is_told_before_it_is_sent(identity: Any) -> None:
    there = Client("http://127.0.0.1:1", "key", max_retries=0)
    for ask in (
        there.call,
        there.lead,
        there.erase_call,
        there.revoke_key,
        there.rotate_key,
        there.get_alert,
        there.delete_alert,
    ):
        with pytest.raises(ClientError, match=r"\bid\b") as caught:
            ask(identity)
        assert type(caught.value) is ClientError


def test_a_batch_of_what_is_no_body() -> None:
    queries: Any = ["call_count"]
    with pytest.raises(ClientError, match="a batch is a list of bodies"):
        Client("http://127.0.0.1:1", "key").batch(queries)


def test_a_query_of_a_batch_without_its_type_is_told(running: RunningServer) -> None:
    queries: Any = [{"query_type": "call_count"}, {"filters": {}}]
    with running.client() as there:
        _, wrong = there.batch(queries, return_errors=True)
    assert isinstance(wrong, client.BadRequestError)
    assert "/query_type" in str(wrong)


@pytest.mark.parametrize("name", ["limit", "cursor"])
def test_a_search_of_every_call_has_no_end_of_its_own(name: str) -> None:
    sought: Any = {name: 5}
    for kind in (Client, AsyncClient):
        with pytest.raises(TypeError, match=f"without '{name}': page_size"):
            kind("http://host").search_calls(**sought)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_timeout_that_is_none(timeout: float) -> None:
    with pytest.raises(ClientError, match="timeout must be above 0"):
        Client("http://host", timeout=timeout)


@pytest.mark.parametrize(
    ("name", "value"), [("ALL_PROXY", "socks://host:1080"), ("NO_PROXY", "[::1")]
)
def test_a_proxy_that_cannot_be_used(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a desktop sets it, of a kind that is not known here."""
    monkeypatch.setenv(name, value)
    for kind in (Client, AsyncClient):
        with pytest.raises(ClientError, match="the proxy that the environment names cannot be"):
            kind("http://host.example")
        kind("http://127.0.0.1:8000")


def test_a_client_does_not_show_its_key() -> None:
    with Client("http://host", "very secret") as there:
        assert "very secret" not in repr(there)
        assert "very secret" not in repr(vars(there))


def test_the_tree_is_drawn_as_it_is() -> None:
    page = Path(errors.__file__).read_text(encoding="utf-8").split("```")[1]
    drawn = [line.split("─ ")[-1].split()[0] for line in page.strip().splitlines()]
    kinds = {name for name, one in vars(errors).items() if _is_error(one)}
    assert set(drawn) == kinds
    assert len(drawn) == len(kinds)
    assert kinds <= set(client.__all__) | {"ClientError"}


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, ClientError)

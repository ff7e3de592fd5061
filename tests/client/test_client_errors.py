"""One exception a status, under one tree, with all that the server says."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics import Client, client
from callistics.client import ClientError, InvalidValuesError, ServerError, StatusError, errors
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
    assert error_of(httpx.Response(307, headers={"Location": "/"})).status == 307


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


@pytest.mark.parametrize("url", ["host:8000", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ClientError, match="http"):
        Client(url)


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

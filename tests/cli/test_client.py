"""The client's patience, and what it says where patience does not help."""

from collections.abc import Callable
from contextlib import nullcontext

import httpx
import pytest

from callistics.cli.api_errors import ApiError
from callistics.cli.client import PATIENCE, Client, Content, Patience
from callistics.cli.root import Failure
from callistics.client.errors import UnreadableAnswerError
from callistics.client.options import is_loopback

Answer = httpx.Response | Exception


class Script(httpx.BaseTransport):
    """Gives prepared answers in order, the last one for ever."""

    def __init__(self, *answers: Callable[[], Answer]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        make = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = make()
        if isinstance(answer, Exception):
            raise answer
        return answer


def fine() -> httpx.Response:
    return httpx.Response(200, json={"fine": True})


def busy() -> httpx.Response:
    return httpx.Response(503, json={"title": "Unavailable"}, headers={"Retry-After": "7"})


def lost() -> Answer:
    return httpx.ReadError("reset")


def client(script: Script, key: str | None = "secret") -> tuple[Client, list[float]]:
    pauses: list[float] = []
    return Client("http://host", key, transport=script, sleep=pauses.append), pauses


def test_waits_as_long_as_a_busy_server_asks() -> None:
    script = Script(busy, busy, fine)
    there, pauses = client(script)
    assert there.request("GET", "/keys", expects="fine").json() == {"fine": True}
    assert pauses == [7.0, 7.0]
    assert len(script.requests) == 3


def test_waiting_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    there, _ = client(Script(busy, busy, fine, busy, fine))
    for _ in range(2):
        there.request("GET", "/keys", expects="fine")
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("http://host is busy (503 Unavailable): trying again")


def test_does_not_wait_for_ever() -> None:
    there, pauses = client(Script(busy))
    with pytest.raises(ApiError) as caught:
        there.request("GET", "/keys", expects="fine")
    assert caught.value.status == 503
    assert sum(pauses) <= PATIENCE.busy


def test_strange_times_to_wait_are_kept_within_reason() -> None:
    def later() -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "86400"})

    def unreadable() -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "in a while"})

    there, pauses = client(Script(later, unreadable, fine))
    there.request("GET", "/keys", expects="fine")
    assert pauses == [30.0, 30.0]


def test_a_lost_answer_is_asked_for_again_where_that_does_no_harm() -> None:
    there, pauses = client(Script(fine, lost, fine))
    there.request("GET", "/keys", expects="fine")
    there.request("POST", "/calls", expects="fine", content=Content(b"{}"), repeatable=True)
    assert len(pauses) == 1


def test_a_lost_answer_is_an_error_where_repeating_might_do_harm() -> None:
    there, pauses = client(Script(fine, lost))
    there.request("GET", "/keys", expects="fine")
    with pytest.raises(Failure, match="no answer from http://host: reset"):
        there.request("POST", "/keys", json={})
    assert not pauses


@pytest.mark.parametrize(("late", "times"), [(True, 3), (False, 2)])
def test_an_answer_that_is_late_is_asked_for_again_where_there_is_time(
    late: bool, times: int
) -> None:
    script = Script(fine, lambda: httpx.ReadTimeout("slow"), fine)
    patience = Patience(busy=10, answer=1, late=late)
    there = Client("http://host", "k", transport=script, sleep=lambda _: None, patience=patience)
    there.request("GET", "/keys", expects="fine")
    with nullcontext() if late else pytest.raises(Failure, match="no answer"):
        there.request("POST", "/calls", expects="fine", content=Content(b"{}"), repeatable=True)
    assert len(script.requests) == times


def test_a_server_that_never_answered_is_not_waited_for() -> None:
    there, pauses = client(Script(lost))
    with pytest.raises(Failure, match="no answer"):
        there.request("POST", "/calls", expects="fine", content=Content(b"{}"), repeatable=True)
    assert not pauses


def test_a_server_gone_for_good_is_an_error_in_the_end() -> None:
    there, pauses = client(Script(fine, lost))
    there.request("GET", "/keys", expects="fine")
    with pytest.raises(Failure, match="no answer"):
        there.request("POST", "/calls", expects="fine", content=Content(b"{}"), repeatable=True)
    assert sum(pauses) < 2 * PATIENCE.busy


def test_sends_the_key() -> None:
    script = Script(fine)
    client(script)[0].request("GET", "/keys", expects="fine")
    assert script.requests[0].headers["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("key", [None, "wrong"])
def test_without_access_says_how_to_give_a_key(key: str | None) -> None:
    def refused() -> httpx.Response:
        return httpx.Response(401, json={"title": "Unauthorized", "detail": "not known"})

    there, _ = client(Script(refused), key)
    with pytest.raises(Failure, match=r"--key .* CALLISTICS_KEY"):
        there.request("GET", "/keys", expects="fine")


@pytest.mark.parametrize(
    "other",
    [
        httpx.Response(200, html="<html>Welcome</html>"),
        httpx.Response(200, json={"ok": True}),
        httpx.Response(200, json=["fine"]),
        httpx.Response(204),
    ],
)
def test_a_success_of_another_server_is_none(other: httpx.Response) -> None:
    there, _ = client(Script(lambda: other))
    with pytest.raises(UnreadableAnswerError, match="is the address that of the server"):
        there.request("GET", "/keys", expects="keys")


def test_a_success_with_a_body_is_none_where_there_is_to_be_nothing() -> None:
    there, _ = client(Script(lambda: httpx.Response(200, html="<html>Welcome</html>")))
    with pytest.raises(UnreadableAnswerError, match="is the address that of the server"):
        there.request("DELETE", "/keys/x")


@pytest.mark.parametrize(
    "other",
    [httpx.Response(200, html="<html>Welcome</html>"), httpx.Response(200, content=b"of no type")],
)
def test_an_export_is_of_the_type_that_was_asked_for(other: httpx.Response) -> None:
    there, _ = client(Script(lambda: other))
    asked = there.streamed("/analytics", content=b"{}", headers={"Accept": "text/csv"})
    with pytest.raises(UnreadableAnswerError, match="is the address"), asked:
        pass


def test_a_page_of_something_else_is_a_readable_error() -> None:
    there, _ = client(Script(lambda: httpx.Response(502, text="<html>Bad gateway</html>")))
    with pytest.raises(ApiError) as caught:
        there.request("GET", "/keys", expects="fine")
    assert caught.value.message == "502 Bad Gateway"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("https://calls.example.com", False),
        ("http://127.example.com", False),
    ],
)
def test_own_machine(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected

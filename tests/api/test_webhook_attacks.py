"""What a stranger can send to the address of a webhook, with its token or without."""

import base64
from collections.abc import Iterator, Mapping

import pytest
from structlog.testing import capture_logs

from callistics.webhooks import admission
from callistics.webhooks.request import FORM, FORM_BYTES, MOST_FIELDS, MULTIPART, Received
from support.server import Server, problem, serving
from support.webhook_events import Event, in_json
from support.webhook_server import CALLS, TENANTS, Endpoint
from support.webhook_signing import JSON, SECRETS, signed

NO_HOSTS = ("[", "]:80", "[::1", "h:abc", "h:99999")
# Longer than the interpreter follows it, in a header as long as servers take.
DEEP = base64.urlsafe_b64encode(b"[" * 3_000).decode().rstrip("=")


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("attacks")) as found:
        yield found


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_host_that_is_none_is_refused(host: str, one_server: Server) -> None:
    endpoint = Endpoint(one_server, "twilio")
    problem(endpoint.post(b"CallSid=CA1", {"content-type": FORM, "host": host}), 400)
    body = {"source": "bolna", **TENANTS}
    made = one_server.request("POST", "/webhook-endpoints", json=body, headers={"host": host})
    problem(made, 400)


def test_no_line_of_log_has_the_token(one_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: Received, secret: str) -> bool:
        raise KeyError("nobody foresaw this")

    endpoint = Endpoint(one_server, "vapi")
    monkeypatch.setitem(admission.CHECKS, "vapi", fails)
    with capture_logs() as lines:
        problem(endpoint.post(b"{}", {"content-type": JSON}), 500)
    # Others of the same process may log meanwhile.
    own = [one for one in lines if one.get("route") == "/webhooks/{source}/{token}"]
    assert {one["event"] for one in own} == {"unexpected error", "request"}
    assert endpoint.url.rsplit("/", 1)[1] not in str(lines)


def test_a_line_of_log_names_the_endpoint_that_refused(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "vapi")
    with capture_logs() as lines:
        problem(endpoint.post(b"{}", {"content-type": JSON}), 401)
    (line,) = (one for one in lines if one.get("endpoint") == endpoint.made["id"])
    assert (line["source"], line["status"]) == ("vapi", 401)


@pytest.mark.parametrize("source", ["vonage", "livekit"])
def test_a_token_that_cannot_be_read_signs_nothing(source: str, one_server: Server) -> None:
    headers = {"content-type": JSON, "authorization": f"Bearer {DEEP}.e30.x"}
    problem(Endpoint(one_server, source).post(b"{}", headers), 401)


def test_a_header_that_came_twice_is_not_one_of_the_two(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "vapi")
    body, content_type = CALLS["vapi"].events[0]
    right = signed("vapi", endpoint.url, body, content_type, secret=SECRETS[0])
    twice = [*right.items(), *((n, "other") for n in right if n.lower() != "content-type")]
    for headers in (twice, twice[::-1]):
        path = endpoint.url.removeprefix("http://test")
        sent = one_server.begin("POST", path, content=body, headers=headers)
        problem(sent.result(), 401)


LARGE: Mapping[str, tuple[int, Event]] = {
    "many fields": (401, (b"a&" * MOST_FIELDS + b"a", FORM)),
    "a long form": (413, (b"a=" + b"b" * FORM_BYTES, FORM)),
    "many parts": (413, (b"\r\n" * FORM_BYTES, f"{MULTIPART}; boundary=x")),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_form_is_read_as_far_as_platforms_send_any(name: str, one_server: Server) -> None:
    status, (body, content_type) = LARGE[name]
    endpoint = Endpoint(one_server, "twilio")
    headers = signed("twilio", endpoint.url, body, content_type, secret=SECRETS[0])
    problem(endpoint.post(body, headers), status)


def test_a_form_of_too_many_fields_is_a_dead_letter_where_nothing_is_signed(
    one_server: Server,
) -> None:
    endpoint = Endpoint(one_server, "exotel")
    assert endpoint.send((b"a&" * MOST_FIELDS + b"a", FORM)).is_success
    (letter,) = endpoint.dead_letters()
    assert letter["reason"] == "a form has more than 1,000 fields"


def test_a_large_body_is_taken(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "retell")
    event = in_json(event="of_tomorrow", transcript="a" * (1 << 17))
    assert endpoint.send(event).is_success

"""The headers that protect a browser stand on every answer."""

import pytest

from support.server import Server, problem

PATHS = {
    "/": 200,
    "/embed": 200,
    "/docs": 200,
    "/docs/docs.js": 200,
    "/openapi.json": 200,
    "/dashboard/panels.json": 200,
    "/health/live": 200,
    "/keys": 401,
    "/nowhere": 404,
    "//analytics": 404,
    "/analytics/": 404,
    "/analytics": 405,
}


@pytest.mark.parametrize(("path", "status"), PATHS.items())
def test_every_answer(shared_server: Server, path: str, status: int) -> None:
    # An address as it is written: a client would take `//analytics` for a host.
    answer = shared_server.request("GET", f"http://test{path}", key=None)
    assert answer.status_code == status
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    # Only where the server itself speaks TLS: else it is the proxy's to say.
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["//analytics", "/analytics/", "/analytics//", "/keys/"])
def test_a_path_is_taken_as_written(shared_server: Server, method: str, path: str) -> None:
    assert shared_server.request(method, f"http://test{path}", json={}).status_code == 404


def test_who_sends_two_keys_is_refused(shared_server: Server) -> None:
    key = f"Bearer {shared_server.application.local_key}"
    headers = [("Authorization", key), ("Authorization", key)]
    for path in ("/keys", "/analytics/types", "/audit"):
        answer = shared_server.begin("GET", path, headers=headers).result()
        assert answer.status_code == 400
        assert "authorization is given 2 times" in answer.json()["detail"]


def test_who_has_no_key_is_told_how_to_send_one(shared_server: Server) -> None:
    for key in (None, "cal_wrong"):
        answer = shared_server.request("GET", "/keys", key=key)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/calls/a", "DELETE, GET, HEAD, OPTIONS"),
        ("/leads/a", "DELETE, GET, HEAD, OPTIONS"),
        ("/leads/a%2Fb/", "DELETE, GET, HEAD, OPTIONS"),
        ("/calls/search", "OPTIONS, POST"),
        ("/calls", "OPTIONS, POST"),
        ("/keys", "GET, HEAD, OPTIONS, POST"),
        ("/webhook-endpoints/a", "DELETE, OPTIONS, PATCH"),
        ("/metrics", "GET, HEAD, OPTIONS"),
    ],
)
def test_all_methods_of_a_path_are_named(path: str, methods: str, shared_server: Server) -> None:
    told = shared_server.request("OPTIONS", path, key=None)
    assert (told.status_code, told.headers["allow"]) == (204, methods)
    refused = shared_server.request("PUT", path, key=None)
    assert (problem(refused, 405)["title"], refused.headers["allow"]) == (
        "Method not allowed",
        methods,
    )

"""Pages of other origins ask only where a setting names them."""

from pathlib import Path

import pytest

from callistics.errors import SettingsError
from callistics.settings import load_settings
from support.server import Server, serving

ORIGIN = "https://dashboard.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


def allowed(server: Server, origin: str) -> str | None:
    answer = server.request("GET", "/health/ready", headers={"Origin": origin})
    assert answer.status_code == 200
    return answer.headers.get("access-control-allow-origin")


def preflight(server: Server, origin: str, path: str = "/analytics") -> int:
    headers = {"Origin": origin, **PREFLIGHT}
    return server.request("OPTIONS", path, key=None, headers=headers).status_code


def test_no_origin_is_allowed_unless_one_is_set(shared_server: Server) -> None:
    assert allowed(shared_server, ORIGIN) is None
    headers = {"Origin": ORIGIN, **PREFLIGHT}
    answer = shared_server.request("OPTIONS", "/analytics", key=None, headers=headers)
    assert not [name for name in answer.headers if name.startswith("access-control-allow")]


def test_named_origins_alone_are_allowed(tmp_path: Path) -> None:
    with serving(tmp_path, cors_origins=(ORIGIN, "http://localhost:5173")) as server:
        assert allowed(server, ORIGIN) == ORIGIN
        assert allowed(server, "http://localhost:5173") == "http://localhost:5173"
        assert preflight(server, ORIGIN) == 204
        others = ("null", "http://dashboard.example", f"{ORIGIN}.evil.example", f"{ORIGIN}:8443")
        assert [allowed(server, other) for other in others] == [None] * 4
        assert [preflight(server, other) for other in others] == [400] * 4
        # Even then a key is needed, also where the answer is an error.
        denied = server.request("POST", "/analytics", key=None, headers={"Origin": ORIGIN})
        assert denied.status_code == 401
        assert denied.headers["access-control-allow-origin"] == ORIGIN
        assert "Retry-After" in denied.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in denied.headers


def test_every_origin_is_allowed_where_that_is_set(tmp_path: Path) -> None:
    with serving(tmp_path, cors_origins=("*",)) as server:
        assert allowed(server, "https://anywhere.example") == "*"


@pytest.mark.parametrize(
    "value",
    [
        f"{ORIGIN}/",
        f"{ORIGIN}/page",
        f"*,{ORIGIN}",
        "dashboard.example",
        "https://*.example",
        "https://a b",
        "https://",
        "HTTPS://A.EXAMPLE",
        "null",
    ],
)
def test_what_is_no_origin_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="CALLISTICS_CORS_ORIGINS: must"):
        load_settings({"CALLISTICS_CORS_ORIGINS": value})


def test_origins_are_read_from_the_environment() -> None:
    wanted = ("https://a.example", "http://[::1]:5173")
    found = load_settings({"CALLISTICS_CORS_ORIGINS": ",".join(wanted)})
    assert found.cors_origins == wanted

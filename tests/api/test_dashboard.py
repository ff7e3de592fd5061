"""The page of the dashboard as it is served: its policy, its caching, who may frame it."""

import gzip
import re
from pathlib import Path

import pytest

from support.server import Server, problem, serving


def page(server: Server, path: str = "/", **headers: str) -> str:
    return server.request("GET", path, key=None, headers=headers).text


def policy(server: Server, path: str) -> dict[str, str]:
    """The directives of a page's policy."""
    header = server.request("GET", path, key=None).headers["content-security-policy"]
    parts = (one.strip().partition(" ") for one in header.split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_a_page_runs_its_own_scripts_alone(shared_server: Server, path: str) -> None:
    found = policy(shared_server, path)
    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["connect-src"] == "'self'"
    assert found["base-uri"] == found["form-action"] == "'none'"
    assert "unsafe" not in str(found)
    assert not re.search(
        r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|https?:", page(shared_server, path)
    )


def test_nobody_may_frame_a_page_unless_it_is_set(tmp_path: Path, shared_server: Server) -> None:
    assert policy(shared_server, "/")["frame-ancestors"] == "'none'"
    assert policy(shared_server, "/embed")["frame-ancestors"] == "'none'"
    parents = ("https://a.example", "https://b.example:8443")
    with serving(tmp_path, embed_parents=parents) as server:
        assert policy(server, "/embed")["frame-ancestors"] == " ".join(parents)
        assert policy(server, "/")["frame-ancestors"] == "'none'"
        assert " ".join(parents) in page(server, "/embed")
        assert parents[0] not in page(server)


def test_an_address_with_the_state_of_the_page_is_the_page(shared_server: Server) -> None:
    answer = shared_server.request("GET", "/?outcome=BUSY&outcome=x&call=1", key=None)
    assert (answer.status_code, answer.text) == (200, page(shared_server))


def test_what_a_page_loads_is_there_and_may_be_kept_for_ever(shared_server: Server) -> None:
    names = re.findall(r'(?:src|href)="(assets/[^"]+)"', page(shared_server))
    assert len(names) > 10
    for name in names:
        answer = shared_server.request("GET", f"/{name}", key=None)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        known = shared_server.request(
            "GET", f"/{name}", key=None, headers={"If-None-Match": answer.headers["etag"]}
        )
        assert (known.status_code, known.content) == (304, b"")


def test_pages_are_compressed_for_who_takes_it(shared_server: Server) -> None:
    plain = shared_server.request("GET", "/", key=None, headers={"Accept-Encoding": "identity"})
    packed = shared_server.request("GET", "/", key=None, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))


@pytest.mark.parametrize("name", ["nothing.js", "../panels.py", "%2e%2e/panels.py"])
def test_other_files_are_not_there(shared_server: Server, name: str) -> None:
    problem(shared_server.request("GET", f"/assets/x/{name}", key=None), 404)


def test_an_older_page_gets_the_files_there_are_and_keeps_none(shared_server: Server) -> None:
    answer = shared_server.request("GET", "/assets/older/js/main.js", key=None)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_the_panels_need_no_key_and_are_asked_for_once(shared_server: Server) -> None:
    answer = shared_server.request("GET", "/dashboard/panels.json", key=None)
    assert answer.json()["panels"]
    known = shared_server.request(
        "GET",
        "/dashboard/panels.json",
        key=None,
        headers={"If-None-Match": answer.headers["etag"]},
    )
    assert known.status_code == 304


def test_a_missing_script_is_told_with_how_to_make_it(
    shared_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callistics.http.dashboard.asset", lambda _: None)
    answer = shared_server.request("GET", "/assets/x/vendor/charts.js", key=None)
    assert "scripts/setup" in problem(answer, 404)["detail"]

"""`make audit`: an advisory fails it, a service out of reach does not, an exception expires."""

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from support.scripts import ROOT, script

audit = script("audit")
TODAY = date(2026, 11, 28)
ENTRY = {"id": "CVE-2099-1", "package": "h11", "reason": "not called", "expires": TODAY}
LOCK = f"h11==0.16.0 --hash=sha256:{64 * '0'}\nidna==3.20 --hash=sha256:{64 * '1'}\n"
ADVISORY = {
    "id": "GHSA-xxxx",
    "summary": "bad",
    "aliases": ["CVE-2099-1"],
    "affected": [
        {
            "package": {"name": "h11", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0.99.1"}]}],
        }
    ],
}


class Advisories(BaseHTTPRequestHandler):
    """Knows of one advisory, about one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = {"vulns": [ADVISORY]} if asked["package"]["name"] == "h11" else {}
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def advisories() -> Generator[str]:
    """The address of a service of this machine that knows of one advisory."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ignore_list(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "advisories.toml"
    (folder / "runtime.txt").write_text(LOCK, encoding="utf-8")
    lines = [
        f"{name} = {value if isinstance(value, date) else json.dumps(value)}\n"
        for entry in entries
        for name, value in [("[[ignored]]", None), *entry.items()]
    ]
    path.write_text("".join(lines).replace("[[ignored]] = null", "[[ignored]]"), encoding="utf-8")
    return folder


@pytest.fixture
def one_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the service of this machine is asked."""
    with advisories() as address:
        monkeypatch.setattr(audit, "_SERVICES", ("osv",))
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", address)
        yield


@pytest.mark.usefixtures("one_service")
def test_an_advisory_fails_with_package_version_names_and_what_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main(ignore_list(tmp_path)) == 1
    said = capsys.readouterr()
    assert "VULNERABLE h11 0.16.0: CVE-2099-1, GHSA-xxxx; fixed in 0.99.1\n" in said.err
    assert said.out == "2 packages checked, 1 advisories, 0 ignored.\n"
    assert audit.main(ignore_list(tmp_path, ENTRY | {"expires": datetime.now(UTC).date()})) == 0


def test_an_exception_holds_for_its_package_until_its_day() -> None:
    finding = audit.Finding("h11", "0.16.0", ("CVE-2099-1", "GHSA-xxxx"), ())
    answer = audit.Checked(frozenset({finding}), frozenset(), 1)
    ignored = audit.Ignored(**ENTRY)
    assert audit.judged([answer], [ignored], TODAY) == []
    assert audit.judged([answer], [ignored], TODAY + timedelta(days=1)) == [finding]
    assert audit.judged([answer], [replace(ignored, package="h2")], TODAY) == [finding]
    assert audit.judged([answer], [replace(ignored, id="CVE-2099-2")], TODAY) == [finding]


def test_a_service_out_of_reach_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "_SERVICES", ("osv",))
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", "http://127.0.0.1:1/")
    assert audit.main(ignore_list(tmp_path)) == 0
    said = capsys.readouterr().err
    assert "WARNING: the advisory service osv cannot be reached" in said
    assert "WARNING: no package was checked" in said


def test_packages_that_no_service_knows_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """pip-audit itself passes these silently, all of them if need be."""
    skipped = {"name": "a", "skip_reason": "Dependency not found"}
    some = audit.parsed({"dependencies": [skipped, {"name": "b", "version": "1", "vulns": []}]})
    none = audit.parsed({"dependencies": [skipped]})
    assert (some.complete, none.complete) == (False, False)
    assert audit.judged([some], [], TODAY) == []
    assert "WARNING: no advisory service knows a\n" in capsys.readouterr().err
    assert audit.judged([none], [], TODAY) == []
    assert "WARNING: no package was checked" in capsys.readouterr().err


def test_a_failure_of_another_kind_is_none_of_the_network() -> None:
    with pytest.raises(audit.AuditError, match="no such option"):
        audit.read_answer("pypi", "", "usage: …\nno such option")
    for error in ("ReadTimeout", "ConnectionError", "SSLError", "ChunkedEncodingError"):
        assert audit.read_answer("pypi", "", f"requests.exceptions.{error}: x") is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"expires": TODAY + timedelta(days=180)}, None),
        ({"expires": TODAY - timedelta(days=1)}, "expired on 2026-11-27"),
        ({"expires": TODAY + timedelta(days=181)}, "more than 180 days ahead"),
        ({"expires": "2026-12-01"}, "must be a date"),
        ({"reason": " "}, "must not be empty"),
        ({"until": TODAY}, "must have exactly"),
    ],
)
def test_an_exception_needs_a_reason_and_an_end(
    tmp_path: Path, change: dict[str, Any], problem: str | None
) -> None:
    folder = ignore_list(tmp_path, ENTRY | change)
    text = (folder / "advisories.toml").read_text(encoding="utf-8")
    entries, wrong = audit.read_ignored(text, TODAY)
    assert len(entries) == (problem is None)
    assert bool(wrong) == bool(problem)
    assert not problem or problem in wrong[0]


def test_the_exceptions_in_force_are_in_order() -> None:
    text = (audit.FOLDER / "advisories.toml").read_text(encoding="utf-8")
    assert audit.read_ignored(text, datetime.now(UTC).date())[1] == []


def test_ci_audits_after_the_tests() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines.index("make audit") > lines.index("make test")

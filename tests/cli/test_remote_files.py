"""Files that are elsewhere, and patterns of files."""

import gzip
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from callistics.files.open import format_of
from callistics.files.remote import is_remote, local_copy, shown_name
from support.people_files import TENANT
from support.workbooks import workbook

from .conftest import Run

TEXT = "call_id,started_at,outcome\na,2025-01-05,BUSY\nb,2025-01-06,BUSY\n"
# Two members, of which the second ends with a line and before its end.
PACKED = gzip.compress(TEXT.encode()) + gzip.compress(b"c,2025-01-07,BUSY\n")
FILES = {
    "/packed.csv": PACKED,
    "/cut-packed.csv": PACKED[:-8],
    "/calls.csv": TEXT.encode(),
    "/calls.csv.gz": gzip.compress(TEXT.encode()),
    "/calls.xlsx": workbook({"A": [["call_id", "started_at"], ["a", "2025-01-05"]]}),
    "/cut.csv": TEXT.encode(),
    "/Call%20Log%20%C3%A9%231.csv": TEXT.encode(),
}


class Files(BaseHTTPRequestHandler):
    """Serves the files; of one it sends less than it says."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/moved.csv":
            self.send_response(302)
            self.send_header("Location", "/calls.csv")
            self.end_headers()
            return
        data = FILES.get(path.removeprefix("/bucket"))
        if data is not None and "Range" in self.headers:
            self.send_part(data)
            return
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"") + 10 * (path == "/cut.csv")))
        if "packed" in path:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data or b"")

    def do_HEAD(self) -> None:
        """As S3 answers what an object is."""
        data = FILES.get(urlsplit(self.path).path.removeprefix("/bucket"))
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"")))
        self.send_header("Last-Modified", "Sun, 05 Jan 2025 10:00:00 GMT")
        self.end_headers()

    def send_part(self, data: bytes) -> None:
        """A range of an object."""
        first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        part = data[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(data)}")
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture
def address() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("path", ["/calls.csv", "/calls.csv.gz", "/moved.csv", "/calls.xlsx"])
def test_files_of_any_format_are_fetched(path: str, address: str, run: Run) -> None:
    shown = run("import", f"{address}{path}?key=secret", *TENANT, "--dry-run").stdout
    assert shown.startswith(f"{address}{path}: ")
    assert '{"call_id":"a","started_at":"2025-01-05"' in shown
    assert "secret" not in shown


def test_a_file_that_is_fetched_goes_in(address: str, run: Run) -> None:
    assert "2 received, 2 stored" in run("import", f"{address}/calls.csv", *TENANT).stdout


def test_every_part_of_a_packed_body_goes_in(address: str, run: Run) -> None:
    """See findings/the-second-part-of-a-packed-body-is-dropped.sh."""
    assert "3 received, 3 stored" in run("import", f"{address}/packed.csv", *TENANT).stdout


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/none.csv", "none.csv: the server answered 404 Not Found: look at the address"),
        ("/cut.csv", "nothing of it was stored; try again"),
        ("/cut-packed.csv", "its packed body ends too early): nothing of it was stored"),
        ("/calls.txt", "the name tells no format"),
    ],
)
def test_files_that_cannot_be_fetched(path: str, message: str, address: str, run: Run) -> None:
    shown = run("import", f"{address}{path}?key=secret", *TENANT, code=1).output
    assert message in shown
    assert "secret" not in shown


@pytest.fixture
def bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address in a bucket of a store that the environment names."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "name")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "word")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    where = f"endpoint_override={urlsplit(address).netloc}&scheme=http&region=us-east-1"
    return f"s3://bucket/{{}}?{where}"


@pytest.mark.parametrize("key", ["calls.csv", "calls.csv.gz", "calls.xlsx"])
def test_objects_of_a_bucket(key: str, bucket: str, run: Run) -> None:
    shown = run("import", bucket.format(key), *TENANT, "--dry-run").stdout
    assert shown.startswith(f"s3://bucket/{key}: ")
    assert '{"call_id":"a","started_at":"2025-01-05"' in shown


def test_a_key_with_what_addresses_quote(bucket: str, run: Run) -> None:
    for key in ("Call Log é#1.csv", "Call%20Log%20%C3%A9%231.csv"):
        assert '{"call_id":"a"' in run("import", bucket.format(key), *TENANT, "--dry-run").stdout


def test_an_address_that_cannot_be_read_is_not_shown_whole(run: Run) -> None:
    shown = run("import", "s3://name:secret@bucket:x/a b.csv?region=secret", *TENANT, code=1).output
    assert "cannot be fetched" in shown
    assert "secret" not in shown


def test_an_object_that_is_not_there(bucket: str, run: Run) -> None:
    shown = run("import", bucket.format("none.csv"), *TENANT, code=1).output
    assert "s3://bucket/none.csv: cannot be fetched" in shown


def test_a_server_that_is_not_there(run: Run) -> None:
    shown = run("import", "http://127.0.0.1:1/calls.csv", *TENANT, code=1).output
    assert "cannot be fetched" in shown


def test_a_proxy_that_cannot_be_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://host:1080")
    for given in (["import", "http://host.example/c.csv"], ["mcp", "--url", "http://host.example"]):
        shown = run(*given, code=1).output
        assert "Unknown scheme for proxy URL" in shown
        assert "unexpected" not in shown


def test_names_of_files_that_are_elsewhere() -> None:
    assert is_remote("https://a/b.csv")
    assert is_remote("s3://bucket/b.csv")
    assert not is_remote("s3:b.csv")
    assert not is_remote("c:/b.csv")
    assert shown_name("https://user:word@a/b.csv?token=x#y") == "https://a/b.csv"
    assert format_of("s3://bucket/a/b.csv.gz?region=x") == "csv"
    with local_copy("here.csv") as path:
        assert path == "here.csv"


def test_patterns_of_files(run: Run, folder: Path) -> None:
    for day in ("02", "01"):
        (folder / f"2025-{day}.csv").write_text(f"call_id,started_at\nc{day},2025-01-{day}\n")
    (folder / "[2025].csv").write_text("call_id,started_at\nx,2025-01-03\n")
    shown = run("import", "2025-*.csv", *TENANT, "--dry-run").stdout
    assert shown.index("2025-01.csv: CSV") < shown.index("2025-02.csv: CSV")
    assert "[2025].csv: CSV" in run("import", "[2025].csv", *TENANT, "--dry-run").stdout
    assert "2 received, 2 stored" in run("import", folder / "2025-*.csv", *TENANT).stdout
    assert "no file matches" in run("import", "2026-*.csv", *TENANT, code=1).output


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "https://me:secret@[bad/x.csv"),
        ("import", "https://me:secret@[bad/x", "--format", "csv", "--dry-run"),
        ("import", "s3://[bad/x", "--format", "csv"),
    ],
)
def test_what_is_no_address_is_told(arguments: tuple[str, ...], run: Run) -> None:
    told = run(*arguments, code=1).output
    assert "://…: is no address (Invalid IPv6 URL)" in told
    assert "secret" not in told


def test_a_name_that_begins_like_an_address_is_one_of_a_file(run: Run) -> None:
    told = run("import", "//[x", code=1).output
    assert "//[x: no file matches" in told

"""Backups in a bucket: against the accepted test double of S3."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from .conftest import Run

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def endpoint() -> Generator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Generator[Any]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    service: Any = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1")
    made = service.Bucket("kept")
    made.create()
    yield made
    made.objects.all().delete()
    made.delete()


def test_a_bucket_is_as_good_as_a_folder(
    bucket: Any, endpoint: str, run: Run, folder: Path
) -> None:
    place = f"s3://kept/callistics?endpoint_override={endpoint}&region=us-east-1"
    call = '{"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}'
    (folder / "calls.ndjson").write_text(call, encoding="utf-8")
    run("import", "calls.ndjson")
    assert "no backup" in run("backup", "list", place, code=1).stderr
    run("backup", place)
    assert "new are 1 of " in run("backup", place, "--keep", "1").stdout
    # A folder that was emptied leaves an object of its name.
    names = sorted(one.key for one in bucket.objects.all() if not one.key.endswith("/"))
    assert [name.split("/")[:2] for name in names if "/backups/" in name] == [
        ["callistics", "backups"]
    ]
    assert "1 backup is whole" in run("backup", "verify", place).stdout
    run("restore", place, "--engine", f"duckdb://{folder}/new.db")
    assert "1" in run("query", "call_count", "--engine", f"duckdb://{folder}/new.db").stdout
    (part,) = [name for name in names if "/parts/" in name][:1]
    bucket.Object(part).put(Body=b"?")
    assert "is damaged" in run("backup", "verify", place, code=1).stderr
    wrong = place.replace("kept/", "no-such-bucket/")
    assert "cannot" in run("backup", wrong, code=1).stderr

"""Helpers: a transport that answers as the server does, and lines to send to it."""

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import zstandard

from callistics.files.lines import Line


class Store(httpx.BaseTransport):
    """Answers as the server does; a record that is the text `bad` is wrong."""

    def __init__(
        self, limit: int = 1_000_000, records: int = 1_000, named: int | None = None
    ) -> None:
        self.limit = limit
        self.named = named
        self.records = records
        self.stored: list[Any] = []
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert request.headers["Content-Type"] == "application/x-ndjson"
        body = request.read()
        if request.headers.get("Content-Encoding") == "zstd":
            body = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)).read()
        if len(body) > self.limit:
            return httpx.Response(413, json={"title": "Body too large", "detail": "too large"})
        records = [json.loads(line) for line in body.split(b"\n")]
        if len(records) > self.records:
            errors = [{"pointer": "", "message": f"more than {self.records} records"}]
            return httpx.Response(422, json={"title": "Invalid values", "errors": errors})
        bad = [index for index, record in enumerate(records) if _is_bad(record)]
        skip = request.url.params.get("on_error") == "skip"
        if bad and not skip:
            errors = [{"pointer": f"/{index}/duration", "message": "wrong"} for index in bad]
            return httpx.Response(422, json={"title": "Invalid values", "errors": errors})
        self.stored += [record for record in records if not _is_bad(record)]
        return httpx.Response(200, json=_answer(len(records), bad, self.named))


def _is_bad(record: Any) -> bool:
    return record == "bad" or (isinstance(record, dict) and record.get("n") == "bad")


def _answer(received: int, bad: list[int], named: int | None) -> dict[str, Any]:
    return {
        "received": received,
        "stored": received - len(bad),
        "unchanged": 0,
        "pending": 0,
        "rejected": [
            {
                "index": index,
                "errors": [{"pointer": f"/{index}", "message": "wrong", "value": "bad"}],
            }
            for index in bad[:named]
        ],
        **({} if named is None or named >= len(bad) else {"rejected_count": len(bad)}),
    }


def lines(*records: Any) -> Iterator[Line]:
    """Every second line of a file; `None` is one that cannot be sent."""
    for place, record in enumerate(records):
        number = 2 * place + 1
        yield (
            Line(number, b"", "broken")
            if record is None
            else Line(number, json.dumps(record).encode())
        )


def timed(*numbers: int | str) -> Iterator[Line]:
    return lines(*({"n": n, "updated_at": "2025-01-01T00:00:00Z"} for n in numbers))

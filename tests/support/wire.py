"""A server that speaks ClickHouse's HTTP interface, with chDB behind it: `python -m support.wire`.

It takes what the product's driver sends - statements in the body, the address or a form, with
parameters and settings - and answers compressed as ClickHouse does, errors included.
`POST /faults` orders what is to go wrong, and `GET /seen` tells what was asked.
"""

import argparse
import gzip
import json
import os
import re
import socket
import sys
import threading
import uuid
import zlib
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame
import zstandard

from support.faults import Fault, Order, Orders
from support.wire_engine import Failed, run

# In the order in which ClickHouse prefers them.
_COMPRESS: Mapping[str, Any] = {
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
    "lz4": lz4.frame.compress,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
}
_DECOMPRESS: Mapping[str, Any] = {
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    "lz4": lz4.frame.decompress,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
}
_FORM = "multipart/form-data"
# Longer than any test waits; a request that is held ends with it if nobody lets go.
_HELD = 60


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    orders = Orders()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name is given
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/settled":
            self.orders.settle()
        self._answer(json.dumps(self.orders.seen).encode() if self.path == "/seen" else b"Ok.\n")

    def do_POST(self) -> None:
        if self.path == "/faults":
            self.orders.change(json.loads(self._body()))
            self._answer(b"")
            return
        fields = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        # What is inserted comes as the body, its statement in the address.
        order = self.orders.next(fields["query"].encode()) if "query" in fields else None
        if order and order.kind is Fault.CUT_BODY:
            self.rfile.read(int(self.headers["Content-Length"]) // 2)
            self._cut()
            return
        body = self._body()
        inserted = None
        if "query" in fields:
            sql, inserted = fields["query"].encode(), body
        else:
            kind = self.headers.get("Content-Type", "")
            if kind.startswith(_FORM):
                fields |= _form(body, kind.partition("boundary=")[2].encode())
                body = fields["query"].encode("utf-8", "surrogateescape")
            sql = body
            order = self.orders.next(sql)
        self._obey(order or Order(Fault.NONE), sql, fields, inserted)

    def _obey(
        self, order: Order, sql: bytes, fields: Mapping[str, str], inserted: bytes | None
    ) -> None:
        """Run a statement and answer it, unless something else was ordered."""
        released = self.orders.released
        if order.kind is Fault.UNAVAILABLE:
            self._answer(b"not me\n", order.code or 503)
            return
        if order.kind is Fault.STALL:
            released.wait(_HELD)
            self._cut()
            return
        if order.kind is Fault.LATE:
            with self.orders.holding():
                self._cut()
                released.wait(_HELD)
                with suppress(Failed):
                    run(sql, fields, inserted)
            return
        try:
            if order.kind is Fault.ERROR:
                raise Failed(_ordered(order))
            data, headers = run(sql, fields, inserted)
        except Failed as error:
            code = {"X-ClickHouse-Exception-Code": str(error.code)}
            self._answer(f"{error}\n".encode(), error.status, code)
            return
        if order.kind is Fault.MIDWAY:
            tag = headers["X-ClickHouse-Exception-Tag"] = uuid.uuid4().hex[:16]
            data = data[: len(data) // 2] + _exception(tag, _ordered(order))
        encodings = self.headers.get("Accept-Encoding", "")
        chosen = next((name for name in _COMPRESS if name in encodings), None)
        if chosen and fields.get("enable_http_compression") != "0":
            headers["Content-Encoding"] = chosen
            data = _COMPRESS[chosen](data)
        self._send(order.kind, data, headers)

    def _send(self, kind: Fault, data: bytes, headers: Mapping[str, str]) -> None:
        """Answer what a statement gave, or some of it."""
        if kind is Fault.CUT_EXECUTED:
            self._cut()
        elif kind is Fault.EMPTY:
            self._answer(b"", 200, {**headers, "Content-Encoding": "identity"})
        elif kind is Fault.NOTHING:
            self._answer(b"")
        elif kind in (Fault.CUT_ANSWER, Fault.STALL_ANSWER):
            self._half(data, headers, stall=kind is Fault.STALL_ANSWER)
        else:
            self._answer(data, 200, headers)

    def _answer(
        self, data: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self._begin(status, headers or {})
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")

    def _half(self, data: bytes, headers: Mapping[str, str], *, stall: bool) -> None:
        """Send the first half of an answer, in a chunk that would have been longer."""
        self._begin(200, headers)
        self.wfile.write(b"%x\r\n%b" % (len(data) + 1, data[: len(data) // 2]))
        self.wfile.flush()
        if stall:
            self.orders.released.wait(_HELD)
        self._cut()

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _cut(self) -> None:
        """Hang up."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _body(self) -> bytes:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while length := int(self.rfile.readline(), 16):
                data += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
        encoding = self.headers.get("Content-Encoding")
        return _DECOMPRESS[encoding](data) if encoding else data


def _form(body: bytes, boundary: bytes) -> dict[str, str]:
    """The fields of a form; no file, which ClickHouse takes for a table, is among them."""
    fields: dict[str, str] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        assert name is not None, head
        fields[name[1].decode()] = value.decode("utf-8", "surrogateescape")
    return fields


def _ordered(order: Order) -> str:
    return f"Code: {order.code}. DB::Exception: As ordered. (ORDERED)"


def _exception(tag: str, text: str) -> bytes:
    """An exception among the data of an answer that had begun well."""
    lines = ("", "__exception__", tag, f"{text}\n{len(text) + 1} {tag}", "__exception__", "")
    return "\r\n".join(lines).encode()


class Server(ThreadingHTTPServer):
    """A thread for each connection."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of what is not simply a client that has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve until the standard input ends, as it does with the process that started this one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    server = Server(("127.0.0.1", parser.parse_args().port), Handler)
    # What is in memory lives as long as one connection does.
    kept = chdb.connect(":memory:")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)  # noqa: T201 - what was asked for
    while os.read(0, 1024):
        pass
    kept.close()
    os._exit(0)


if __name__ == "__main__":
    main()

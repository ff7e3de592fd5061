"""An issuer as platforms run one: keys of a library of its own, published over local HTTP."""

import json
import threading
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from support.tokens import claims

AnyKey = RSAKey | ECKey | OKPKey
MAKERS: dict[str, Any] = {
    "RS256": lambda kid: RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}),
    "ES256": lambda kid: ECKey.generate_key("P-256", {"kid": kid, "use": "sig"}),
    "EdDSA": lambda kid: OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}),
}


class Issuing:
    """Signs with its newest key and publishes the public ones; `hold` keeps answers back."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.keys: list[AnyKey] = []
        self.asked = 0
        self.status = 200
        self.hold = threading.Event()
        self.hold.set()
        self.rotate()

    def rotate(self, *, keep: int = 1) -> None:
        """Sign with a new key; so many of those before stay published."""
        made = MAKERS[self.algorithm](f"key-{self.asked}-{len(self.keys)}-{id(self):x}")
        self.keys = [made, *self.keys[:keep]]

    def body(self) -> bytes:
        """The set of keys as it is published."""
        return json.dumps(KeySet([*self.keys]).as_dict(private=False)).encode()

    def token(self, key: AnyKey | None = None, **header: Any) -> str:
        """A token."""
        used = key or self.keys[0]
        said: dict[str, Any] = {"alg": self.algorithm, "kid": used.kid, **header}
        text = json.dumps(claims(iss="platform"))
        with warnings.catch_warnings():
            # The library tells that RFC 9864 has a newer name for EdDSA.
            warnings.simplefilter("ignore", SecurityWarning)
            return jws.serialize_compact(said, text, used, algorithms=[said["alg"]])


@contextmanager
def published(algorithm: str) -> Generator[tuple[Issuing, str]]:
    """An issuer, and the address of its keys."""
    issuing = Issuing(algorithm)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuing.asked += 1
            issuing.hold.wait(30)
            body = issuing.body()
            self.send_response(issuing.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Sequence[object]) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuing, f"http://127.0.0.1:{server.server_address[1]}/jwks.json"
    finally:
        issuing.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()

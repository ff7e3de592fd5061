"""The test server of `support/wire.py` as tests use it: started once, and told what goes wrong."""

import atexit
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.request import Request, urlopen

from support.faults import Fault


class Wire:
    """A running server. `order` takes the fields of `faults.Order`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "support.wire"),
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        self.dsn = f"clickhouse://default@127.0.0.1:{port}"
        self._url = f"http://127.0.0.1:{port}"

    def order(
        self, kind: Fault, matching: str = "", *, skip: int = 0, count: int = 1, code: int = 0
    ) -> None:
        """Have a fault happen to the next requests whose statement matches."""
        wanted = {"kind": kind, "matching": matching, "skip": skip, "count": count, "code": code}
        self._post(wanted)

    def release(self) -> None:
        """Let go of every request that is held."""
        self._post({"release": True})

    def settle(self) -> None:
        """Wait until every request that was held has been executed."""
        with urlopen(f"{self._url}/settled"):
            pass

    def reset(self) -> None:
        """Forget every order and everything seen."""
        self._post({"reset": True})

    def seen(self) -> list[str]:
        """The statements so far."""
        with urlopen(f"{self._url}/seen") as answer:
            return json.load(answer)

    def execute(self, statement: str) -> None:
        """Run a statement."""
        with urlopen(Request(self._url, statement.encode())):
            pass

    def _post(self, wanted: object) -> None:
        with urlopen(Request(f"{self._url}/faults", json.dumps(wanted).encode())):
            pass

    def close(self) -> None:
        """End the server."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait()


@cache
def wire() -> Wire:
    """The server of this process."""
    found = Wire()
    atexit.register(found.close)
    return found

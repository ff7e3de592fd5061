"""A server with a clock of its own, who may ask it, and the rules that say what is done next."""

import json
import mmap
import random
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from callistics.model.instants import SECOND
from drills.random_material import environment, material
from drills.random_model import Model
from drills.small_server import hurried, last_failure
from oracle.pools import MERCHANTS
from support import engines
from support.live import Live

# The process reads its clock from a file, and waits as ever.
_CLOCK = """
import mmap, struct, time
_file = open({path!r}, "rb")
_shown = mmap.mmap(_file.fileno(), 8, access=mmap.ACCESS_READ)
time.time_ns = lambda: struct.unpack("<q", _shown[:8])[0] * 1000
time.time = lambda: time.time_ns() / 1e9
"""


RETAINED = 9_000
"""Days that the records of one merchant are kept, far longer than worlds last but for a leap."""


class Difference(AssertionError):
    """The server has answered otherwise than it must."""


@dataclass(frozen=True)
class Holder:
    """Somebody with a key: its id, what it lets see and do, and until when (µs)."""

    name: str
    key: str
    id: str = ""
    merchants: tuple[str, ...] | None = None
    permissions: frozenset[str] = frozenset({"query", "ingest", "erase", "admin"})
    ends: int | None = None

    @property
    def scope(self) -> dict[str, list[str]] | None:
        """The scope as a request gives it."""
        return None if self.merchants is None else {"merchant_ids": list(self.merchants)}


@dataclass
class World:
    """One server from its first start on. What step n does depends on the seed, n and the model."""

    number: int
    folder: Path
    engine: str
    declared: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    visited: dict[str, int] = field(default_factory=dict[str, int])
    compared: int = 0
    restarts: int = 0

    def __post_init__(self) -> None:
        engines.current = self.engine
        self.material = material(self.number)
        self.model = Model(self.material.chosen)
        self.chance = random.Random(self.number)
        self.unsent = list(self.material.history)
        self.holders: list[Holder] = []
        self.dead: list[Holder] = []
        self.kept: dict[tuple[str, str], tuple[Any, int, httpx.Response]] = {}
        self.known: dict[str, list[Any]] = {}
        self.hooked = False
        self.done: list[str] = []
        self._stack = ExitStack()
        path = self.folder / "clock"
        path.write_bytes(bytes(8))
        self._clock = mmap.mmap(self._stack.enter_context(path.open("r+b")).fileno(), 8)
        self._before = _CLOCK.format(path=str(path))
        self._data = self.folder / "data"
        self._data.mkdir()
        self.now = self.material.begins
        if self.engine != "duckdb":
            # The other engine lets kept answers and blocked ids go by a clock of its own.
            self.now = max(self.now, time.time_ns() // 1_000)
        self.later(0)

    def start(self) -> None:
        """Begin to serve."""
        settings = {
            **environment(self.material.chosen),
            "CALLISTICS_MERCHANT_RETENTION_DAYS": json.dumps({MERCHANTS[1]: RETAINED}),
        }
        self.server: Live = self._stack.enter_context(
            hurried(self._data, settings, before=self._before)
        )
        # A connection that is kept may be closed by the server while the model is at work.
        self.server.client.headers["connection"] = "close"
        key = self.server.client.headers["authorization"].removeprefix("Bearer ")
        if not self.holders:
            self.holders.append(Holder("admin", key))
        if not self.declared:
            paths = self.server.client.get("/openapi.json").json()["paths"]
            self.declared = {
                f"{method.upper()} {path}": set(one["responses"])
                for path, item in paths.items()
                for method, one in item.items()
                if "responses" in one
            }

    def restart(self, *, kill: bool) -> None:
        """End the server, with or without a warning, and start it again."""
        if kill:
            self.server.kill()
        else:
            self.server.stop()
        self.restarts += 1
        self.start()

    def failure(self) -> str:
        """What the server has logged of a failure of its own; empty where there was none."""
        return last_failure(self._data)

    def close(self) -> None:
        """End all."""
        self._stack.close()

    def later(self, micros: int) -> None:
        """Let time pass for the server."""
        self.now += micros
        self._clock[:8] = struct.pack("<q", self.now)
        self.holders, over = (
            [one for one in self.holders if one.ends is None or one.ends > self.now],
            [one for one in self.holders if one.ends is not None and one.ends <= self.now],
        )
        self.dead += over

    def step(self, number: int, rules: Sequence["Rule"]) -> None:
        """Do what is next: each rule once, in some order, then by weight."""
        if number < len(rules):
            order = random.Random(self.number).sample(range(len(rules)), len(rules))
            self.chance = random.Random(f"{self.number} {number}")
            rule = rules[order[number]]
        else:
            self.chance = random.Random(f"{self.number} {number}")
            (rule,) = self.chance.choices(rules, [one.weight for one in rules])
        self.later(self.chance.choice((1, 1, 60, 3_600)) * SECOND)
        self.done.append(f"step {number}, {rule.act.__name__.removeprefix('_')}:")
        rule.act(self)

    def holder(self, permission: str) -> Holder:
        """One that may do something; scoped ones as often as not."""
        may = [one for one in self.holders if permission in one.permissions]
        return self.chance.choice(may)

    def asker(self) -> Holder:
        """One that may query what the model tells of."""
        may = [
            one
            for one in self.holders
            if "query" in one.permissions and not (self.hooked and one.merchants is None)
        ]
        return self.chance.choice(may) if may else self.scoped()

    def scoped(self) -> Holder:
        """One that sees all merchants that the model tells of, and no other."""
        scope = {"merchant_ids": list(MERCHANTS)}
        body = {"name": "all", "permissions": ["query", "ingest", "erase"], "scope": scope}
        made = self.request("POST /keys", json=body, wanted={201}).json()
        may = frozenset(body["permissions"])
        found = Holder("all", made["key"], made["id"], MERCHANTS, may)
        self.holders.append(found)
        return found

    def request(
        self,
        operation: str,
        named: Sequence[str] = (),
        *,
        key: str | None = "",
        wanted: set[int] | None = None,
        query: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request; its status must be one that is declared, and wanted."""
        method, _, path = operation.partition(" ")
        for one in named:
            begin, end = path.index("{"), path.index("}") + 1
            path = path[:begin] + quote(one, safe="") + path[end:]
        headers = dict(options.pop("headers", None) or {})
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.holders[0].key}"
        told = {name: one for name, one in options.items() if name in ("json", "content")}
        self.done[-1] += f"\n    {method} {path} {query or ''} {_short(headers)} {_short(told)}"
        built = self.server.client.build_request(
            method, path, params=query, headers=headers, **options
        )
        if key is None:
            del built.headers["authorization"]
        answer = self.server.client.send(built)
        self.done[-1] += f" -> {answer.status_code}"
        self.visited[operation] = self.visited.get(operation, 0) + 1
        self._check(operation, answer, wanted)
        return answer

    def _check(self, operation: str, answer: httpx.Response, wanted: set[int] | None) -> None:
        status = answer.status_code
        if str(status) not in self.declared[operation]:
            raise Difference(f"{operation} is answered {status}, undeclared: {answer.text[:1_000]}")
        if status >= 400:
            body = answer.json()
            if body.keys() != {"type", "title", "status", "detail", "errors"}:
                raise Difference(f"{operation} is answered {status} in another shape: {body}")
        if wanted is not None and status not in wanted:
            raise Difference(f"{operation}: {status} instead of {wanted}: {answer.text[:1_000]}")

    def same(self, found: object, expected: object, what: str) -> None:
        """Compare what was answered with what must be."""
        self.compared += 1
        if found != expected:
            raise Difference(f"{what}:\n    found    {found!r}\n    expected {expected!r}")


@dataclass(frozen=True)
class Rule:
    """Something to do, how often beside others, and the operations that it asks."""

    act: Callable[[World], None]
    weight: int
    operations: tuple[str, ...]


def _short(value: object) -> str:
    text = json.dumps(value, default=lambda one: f"<{len(one)} bytes>") if value else ""
    return text if len(text) < 2_000 else text[:2_000] + "…"

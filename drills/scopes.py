"""Scope attacks on every endpoint, by every kind of key and token: nothing is seen, nothing told.

Every attack names another tenant that is there, and one like it that is not, on a server with that
tenant and on one without. What is answered on both servers must be the same, and of both names
the same but for the name: status, headers, body and its size. The long form compares times too.
"""

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import httpx

from callistics.server.in_process import quiet_logs
from drills.report import Report
from drills.scope_attacks import ATTACKS, BY_TOKEN, PUBLIC, Attack, Names, permission
from drills.scope_world import MARK, Knocker, World, nobody, seen_by_all, settle, settle_another
from drills.timing import Times, told_apart
from support import engines
from support.server import Server, serving

# What is made at random, or at some time: it tells nothing, and has the same length every time.
_MADE = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "<token>"),
        (r"cal_[\w-]{43}", "<secret>"),
        (r"(key|whe|alr|tok)_[0-9a-f]{16,}", "<id>"),
        (r"/webhooks/(\w+)/[\w-]{43}", "<address>"),
        (r"20(?:2[6-9]|3\d)-(?!03)\d\d-\d\dT[\d:.]+(?:Z|\+00:00)", "<time>"),
    )
]
_VARYING = {"server-timing", "date", "content-length"}
_SETTINGS: Mapping[str, Any] = {"wrong_key_limit": 0, "default_reseller_id": None}


@dataclass(frozen=True)
class Answer:
    """What can be told from an answer: made-up parts and the names that were asked for left out."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    size: int


@dataclass
class Found:
    """What the drill has counted, and what was wrong, one line each."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter[int])
    wrong: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Pair:
    """The server without the other tenant and the one with it, both names, and who knocks."""

    alone: World
    shared: World
    there: Names
    never: Names


def drill(*, short: bool) -> Report:
    """Let everyone try every attack; in the long form, time those that are answered."""
    engines.current = "duckdb"
    with quiet_logs(), ExitStack() as stack:
        pair = _pair(stack)
        found = attacked(pair, short=short)
        rows = [
            ("operations of the OpenAPI document", len(operations(pair.shared.server))),
            ("without an attack", ", ".join(sorted(unattacked(pair.shared.server))) or 0),
            ("attacks, kinds of keys and tokens", f"{len(ATTACKS)}, {len(pair.shared.knockers)}"),
            ("requests", f"{found.requests:,}"),
            ("answers that tell something", len(found.wrong)),
            *_timed(pair, found, short=short),
        ]
    rows += [("", line) for line in found.wrong[:20]]
    passed = not found.wrong and not rows[1][1]
    return Report(("What", "Result"), rows, passed)


def _pair(stack: ExitStack) -> Pair:
    folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
    alone, shared = (stack.enter_context(serving(one, **_SETTINGS)) for one in folders)
    there = settle_another(shared)
    return Pair(settle(alone), settle(shared), there, nobody(there))


def operations(server: Server) -> set[str]:
    """Every method and path of the OpenAPI document."""
    paths = server.request("GET", "/openapi.json", key=None).json()["paths"]
    methods = {"get", "post", "put", "patch", "delete", "head"}
    return {f"{m.upper()} {path}" for path, item in paths.items() for m in item if m in methods}


def unattacked(server: Server) -> set[str]:
    """Operations that no attack is made on, and attacks on what is no operation."""
    return operations(server) ^ {one.operation for one in ATTACKS}


def attacked(pair: Pair, *, short: bool) -> Found:
    """Let everyone try every attack on both servers.

    In the short form one attack an operation does for those who lack the permission.
    """
    found = Found()
    before = seen_by_all(pair.shared.server, pair.there)
    everyone = list(zip(pair.alone.knockers, pair.shared.knockers, strict=True))
    # First what changes nothing: what somebody has written for his own tenant he may see.
    for reads, (alone, shared) in product((True, False), everyone):
        for attack in _attacks(shared, whole=not short):
            if attack.reads != reads:
                continue
            who = f"{shared.name}, {attack.operation} {attack.body or attack.path}"
            found.wrong += [f"{who}: {one}" for one in _tried(pair, attack, alone, shared, found)]
    if seen_by_all(pair.shared.server, pair.there) != before:
        found.wrong.append("what the other tenant has was changed")
    return found


def _attacks(knocker: Knocker, *, whole: bool) -> Iterable[Attack]:
    """The attacks that somebody makes: all, or one an operation of those that are refused."""
    made = [one for one in ATTACKS if not one.outside or one.outside in knocker.limits]
    last = {one.operation: one for one in made}
    return [
        one
        for one in made
        if whole or last[one.operation] is one or (knocker.all and _let_in(knocker, one))
    ]


def _let_in(knocker: Knocker, attack: Attack) -> bool:
    """Whether the one that asks may use the operation at all."""
    needed = permission(attack.operation)
    by_token = not knocker.token or attack.operation in BY_TOKEN
    return knocker.known and needed in knocker.permissions and by_token


def _tried(
    pair: Pair, attack: Attack, alone: Knocker, shared: Knocker, found: Found
) -> Iterator[str]:
    """What is wrong with the answers to one attack."""
    answers: list[Answer] = []
    for names in (pair.there, pair.never):
        without = asked(pair.alone.server, alone, attack, names)
        beside = asked(pair.shared.server, shared, attack, names)
        found.requests += 2
        answers.append(plain(beside, names))
        yield from _differences("with another tenant", plain(without, names), answers[-1])
        if MARK in answers[-1].body or MARK in str(answers[-1].headers):
            yield f"names the other tenant: {answers[-1].body[:200]}"
    found.statuses[answers[0].status] += 1
    if attack.guessed:
        yield from _differences("for a name that is there", answers[1], answers[0])
    if not _fits(shared, attack, answers[0].status):
        yield f"answered {answers[0].status}"


def asked(server: Server, knocker: Knocker, attack: Attack, names: Names) -> httpx.Response:
    """Make one attack."""
    path, options = attack.request(names)
    return server.request(attack.method, path, key=knocker.key, **options)


def plain(answer: httpx.Response, names: Names) -> Answer:
    """What can be told from an answer."""
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in _VARYING)
    body = _plain(answer.text, names)
    shown = tuple((name, _plain(value, names)) for name, value in headers)
    raw = int(answer.headers.get("content-length", len(answer.content)))
    # Times are written with as many digits as they have.
    return Answer(answer.status_code, shown, body, raw if "<time>" not in body else len(body))


def _plain(text: str, names: Names) -> str:
    for name, value in names.items():
        text = text.replace(value, f"<{name}>")
    for pattern, name in _MADE:
        text = pattern.sub(name, text)
    return text


def _differences(what: str, usual: Answer, other: Answer) -> Iterator[str]:
    if usual != other:
        yield f"differs {what}: {_short(usual)} or {_short(other)}"


def _short(answer: Answer) -> str:
    return f"{answer.status} {answer.size} {answer.headers} {answer.body[:300]}"


def _fits(knocker: Knocker, attack: Attack, status: int) -> bool:
    """Whether a status is one that this asker may get there."""
    if attack.operation in PUBLIC:
        return status < 500
    if not knocker.known:
        return status == 401
    return status not in (401, 500) if _let_in(knocker, attack) else status == 403


def _timed(pair: Pair, found: Found, *, short: bool) -> Iterable[tuple[str, object]]:
    """Rows of the times, of the long form alone."""
    if short:
        return []
    times = [
        _times(pair.shared.server, knocker, attack, pair)
        # First what reads: to try whether a change is refused may make it.
        for reads, knocker in product((True, False), pair.shared.knockers)
        for attack in ATTACKS
        if attack.reads == reads and _let_in(knocker, attack) and attack.guessed
        if _harmless(pair, knocker, attack)
    ]
    apart = told_apart(times)
    found.wrong += [f"times tell: {one}" for one in apart]
    widest = max(times, key=lambda one: abs(one.difference))
    return [
        ("attacks timed, each name", f"{len(times)}, {_SAMPLES} times"),
        ("widest difference of medians", f"{widest.difference * 1e6:+.0f} µs of {widest}"),
        ("times that tell names apart", len(apart)),
    ]


_SAMPLES = 40


def _harmless(pair: Pair, knocker: Knocker, attack: Attack) -> bool:
    """Whether it can be made many times over: it reads, or is refused."""
    if attack.reads:
        return True
    # By both names: where it is let in, each is then a name of his own.
    both = [asked(pair.shared.server, knocker, attack, one) for one in (pair.there, pair.never)]
    return not any(answer.is_success for answer in both)


def _times(server: Server, knocker: Knocker, attack: Attack, pair: Pair) -> Times:
    """How long an attack takes by either name, the two in turn."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * _SAMPLES):
        there = number % 4 in (0, 3)
        begun = time.perf_counter()
        asked(server, knocker, attack, pair.there if there else pair.never)
        taken[there].append(time.perf_counter() - begun)
    return Times(
        f"{knocker.name}, {attack.operation} {attack.body or attack.path}",
        taken[True],
        taken[False],
    )

"""The demo's folder: its database, what was loaded into it, and its key."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

from callistics.cli.api_errors import ApiError
from callistics.cli.client import Client, Content
from callistics.cli.importing.progress import progress_bar
from callistics.cli.importing.sender import Sender, Tally
from callistics.cli.root import Failure
from callistics.files.lines import Line, batched
from callistics.records.field import RecordKind
from callistics.settings import Settings

_ALL = ["query", "ingest", "erase", "admin"]
_STATE = "demo.json"
_DATABASE = "callistics.db"
_BATCH_BYTES = 1 << 24
_BATCH_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo's folder holds. `loaded` once all calls are in.

    `key` may do anything, `merchant_key` query the calls of the merchant `merchant_id`.

    The calls end before `until` (ISO 8601), which begins a day in `timezone`.
    """

    calls: int
    seed: int
    until: str = "2026-01-01T00:00:00+00:00"
    timezone: str = "UTC"
    loaded: bool = False
    key: str | None = None
    merchant_id: str | None = None
    merchant_key: str | None = None


# What the made-up platform means by its words.
_STAGES = ("new", "contacted", "interested", "converted")
_SUCCESSES = ("CONFIRMED", "INTERESTED")


def policy(settings: Settings, demo: Demo) -> Settings:
    """The settings of a demo: its zone, and stages and success words where none are set."""
    return replace(
        settings,
        timezone=demo.timezone,
        lead_stages=settings.lead_stages or _STAGES,
        success_outcomes=settings.success_outcomes or _SUCCESSES,
    )


def dsn(folder: Path) -> str:
    """The engine setting for a demo's folder."""
    # Loaded here: help needs no engine.
    from callistics.engines.registry import file_dsn  # noqa: PLC0415

    return file_dsn(folder / _DATABASE)


def open_demo(folder: Path, wanted: Demo) -> Demo:
    """What the folder holds; what is wanted, where it is new.

    Raises `Failure` where it is another demo's, or no demo's.
    """
    state = folder / _STATE
    if not state.exists():
        if (folder / _DATABASE).exists():
            raise Failure(f"{folder} holds a database that is no demo's; choose another --data")
        return wanted
    try:
        found = Demo(**cast("dict[str, Any]", json.loads(state.read_bytes())))
    except (ValueError, TypeError) as error:
        raise Failure(f"{state} cannot be read; delete {folder} to start afresh") from error
    if (found.calls, found.seed) != (wanted.calls, wanted.seed):
        raise Failure(
            f"{folder} holds the demo of {found.calls:,} calls with seed {found.seed}; ask for"
            f" that one, choose another --data, or delete {folder}"
        )
    return found


def save(folder: Path, demo: Demo) -> None:
    """Keep what the folder holds; only its owner may read the key."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / _STATE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(demo), file)


def load(client: Client, demo: Demo) -> Tally:
    """Make the calls and send them to be stored. Doing so again does no harm."""
    sender = Sender(client, RecordKind.CALLS, skip=False)
    tally = Tally()
    with progress_bar() as bar:
        task = bar.add_task(f"Loading {demo.calls:,} made-up calls", total=demo.calls)
        for sent in sender.send_all(batched(_lines(demo), _BATCH_LINES, _BATCH_BYTES)):
            if sent.refused:
                raise Failure(f"the made-up calls were refused: {sent.bad[0].errors[0].line()}")
            tally.add(sent.tally)
            bar.update(task, completed=min(tally.received, demo.calls))
    return tally


def _lines(demo: Demo) -> Iterator[Line]:
    # Loaded here: the lists of names that calls are drawn from take a moment.
    from callistics.synthetic.stream import batches  # noqa: PLC0415

    numbers, until = count(1), datetime.fromisoformat(demo.until)
    for batch in batches(demo.calls, demo.seed, until, detailed=True):
        for line in batch.lines:
            yield Line(next(numbers), line.rstrip("\n").encode())


def with_keys(client: Client, demo: Demo, merchant_id: str) -> Demo:
    """The demo with keys that work: those it has, else new ones."""
    own = demo.merchant_key if demo.merchant_id == merchant_id else None
    scope = {"merchant_ids": [merchant_id]}
    return replace(
        demo,
        key=_valid_key(client, demo.key, {"name": "demo", "permissions": _ALL}),
        merchant_id=merchant_id,
        merchant_key=_valid_key(
            client, own, {"name": "demo merchant", "permissions": ["query"], "scope": scope}
        ),
    )


def _valid_key(client: Client, key: str | None, wanted: dict[str, Any]) -> str:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    query = b'{"query_type": "call_count", "filters": {"lead_id": "none"}}'
    if key is not None:
        with contextlib.suppress(ApiError):
            client.request("POST", "/analytics", expects="data", content=Content(query, headers))
            return key
    made: str = client.request("POST", "/keys", expects="key", json=wanted).json()["key"]
    return made

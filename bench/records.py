"""The synthetic records that are stored: from memory, from a file, and changed to be sent again."""

import hashlib
import io
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import zstandard

from bench.builds import OWN, Build
from bench.live import environment_of
from bench.run import Run, say
from bench.store import Store
from callistics import synthetic
from callistics.synthetic.stream import batches

SEED = 1
_OUTCOMES = ("CONFIRMED", "INTERESTED", "CALLBACK", "REJECTED", "VOICEMAIL", "NO_ANSWER")
_DECODE = msgspec.json.Decoder(dict[str, Any]).decode
_ENCODE = msgspec.json.Encoder().encode


@cache
def lines(calls: int) -> Sequence[bytes]:
    """Records as lines of NDJSON; a ninth or so of them are late scores of earlier calls."""
    return [line.encode() for batch in batches(calls, SEED) for line in batch.lines]


def bodies(records: Sequence[bytes], size: int) -> list[bytes]:
    """The records as NDJSON bodies of `size` records."""
    return [b"".join(records[start : start + size]) for start in range(0, len(records), size)]


def file(run: Run) -> Path:
    """The calls of the run as `callistics generate` writes them; made once, then kept."""
    sources = sorted(Path(synthetic.__file__).parent.glob("*.py"))
    made_by = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
    path = run.inputs / f"calls-{run.calls}-{made_by}.ndjson.zst"
    if not path.exists():
        say(f"generating {run.calls:,} calls")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"partial-{path.name}")
        command = ["generate", "--calls", str(run.calls), "--seed", str(SEED), "--force", "--out"]
        product(run.store, *command, str(partial))
        partial.rename(path)
    return path


def product(store: Store, *arguments: str, build: Build = OWN) -> str:
    """What a command of the product prints. Raises `CalledProcessError`."""
    return subprocess.run(
        build.command(*arguments),
        env=environment_of(store, build),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


def stored(path: Path) -> Iterator[bytes]:
    """The lines of a file that `file` has made."""
    with path.open("rb") as packed:
        plain = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
        yield from io.BufferedReader(plain, 1 << 20)


def renamed(records: Sequence[bytes], prefix: str) -> list[bytes]:
    """The same calls of the same tenants under other ids, and so of other leads."""
    ids = (b'"call_id":"', b'"lead_id":"')
    for name in ids:
        records = [line.replace(name, name + prefix.encode()) for line in records]
    return list(records)


def fresh(calls: int, begin: datetime, rate: int) -> list[bytes]:
    """New calls of the stored tenants that start one after the other, `rate` in a second."""
    made: list[bytes] = []
    for line in renamed(lines(calls), "new-"):
        call = _DECODE(line)
        if "started_at" in call:
            started = begin + timedelta(seconds=len(made) / rate)
            moved = started - datetime.fromisoformat(call["started_at"])
            for name in ("started_at", "updated_at"):
                call[name] = (datetime.fromisoformat(call[name]) + moved).isoformat()
            made.append(_ENCODE(call) + b"\n")
    return made


def resent(run: Run, share: float) -> list[bytes]:
    """A random share of the stored calls, each with another outcome and a time newer than any."""
    rng = Random(f"{SEED} resent")
    chosen = [
        line for line in stored(file(run)) if rng.random() < share and b'"started_at"' in line
    ]
    rng.shuffle(chosen)
    return [changed(line, rng) for line in chosen]


def changed(line: bytes, rng: Random) -> bytes:
    """A call with another outcome and a time newer than any."""
    call = _DECODE(line)
    others = [name for name in _OUTCOMES if name != call.get("outcome")]
    newer = (synthetic.UNTIL + timedelta(days=1)).astimezone(UTC).isoformat()
    return _ENCODE({**call, "outcome": rng.choice(others), "updated_at": newer}) + b"\n"

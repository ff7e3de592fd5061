"""The loop of fuzzing by coverage: an input that reaches new lines is changed further."""

import hashlib
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import callistics
from drills.fuzz_mutation import Mutation

SLOWEST = 5.0
"""So many seconds an input may take, watched line by line; it is then tried again unwatched."""
MOST_MEMORY = 400 << 20
"""So many bytes more an input may take."""
_PRODUCT = str(Path(callistics.__file__).parent)
_SMALLER = 400
# Trees of samples grow by what is new; beyond this the oldest that were found go.
_MOST_KEPT = 2_000


@dataclass(frozen=True)
class Target:
    """A decoder: what reads an input, samples that it takes, and what it may raise."""

    name: str
    read: Callable[[bytes], object]
    samples: Sequence[bytes]
    declared: tuple[type[Exception], ...]


@dataclass
class Fuzzed:
    """What was found of a target; `failures` by what is the same of them."""

    name: str
    inputs: int = 0
    reached: int = 0
    kept: int = 0
    slowest: float = 0.0
    failures: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def kept_in(self, folder: Path) -> list[str]:
        """One line for each failure, and its input in a file of the folder."""
        lines: list[str] = []
        for what, data in self.failures.items():
            folder.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256(data).hexdigest()[:12]
            path = folder / f"{self.name.replace(' ', '-').replace('/', '-')}-{digest}"
            path.write_bytes(data)
            lines.append(f"{self.name}: {what}: {path}")
        return lines


class Coverage:
    """Which steps from line to line of the product have been taken."""

    def __init__(self) -> None:
        self._own: dict[CodeType, bool] = {}
        self.steps: set[tuple[str, int, int]] = set()
        self._last = 0

    def watched(self, act: Callable[[], object]) -> object:
        """What it gives, or raises."""
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            return act()
        finally:
            sys.settrace(before)

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        own = self._own.get(code)
        if own is None:
            own = self._own[code] = code.co_filename.startswith(_PRODUCT)
        return self._stepped if own else None

    def _stepped(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        line = frame.f_lineno
        self.steps.add((frame.f_code.co_filename, self._last, line))
        self._last = line
        return self._stepped


class Loop:
    """Feeds one target. What is about to be read is told to `noted` first."""

    def __init__(
        self, target: Target, seed: int, noted: Callable[[bytes], None] = lambda _: None
    ) -> None:
        self._target, self._noted = target, noted
        self._coverage = Coverage()
        chance = random.Random(f"{seed} {target.name}")
        self._chance, self._mutation = chance, Mutation(chance, target.samples)
        self._samples = list(target.samples)
        self.found = Fuzzed(target.name)

    def run(self, seconds: float, most: int = sys.maxsize) -> Fuzzed:
        """Go on for so long, or so many inputs beside the samples."""
        end = time.monotonic() + seconds
        for sample in self._target.samples:
            self._try(sample)
        while time.monotonic() < end and self.found.inputs < most + len(self._target.samples):
            data = self._mutation.made(self._weighted())
            before = len(self._coverage.steps)
            self._try(data)
            if len(self._coverage.steps) > before:
                self._samples.append(data)
                del self._samples[len(self._target.samples) : -_MOST_KEPT]
        self.found.reached, self.found.kept = len(self._coverage.steps), len(self._samples)
        return self.found

    def _weighted(self) -> Sequence[bytes]:
        """All samples, or the newest."""
        return self._samples if self._chance.random() < 0.7 else self._samples[-20:]

    def _try(self, data: bytes) -> None:
        self._noted(data)
        memory, started = _memory(), time.monotonic()
        what = self._failure(data, self._coverage.watched)
        took = time.monotonic() - started
        self.found.inputs += 1
        self.found.slowest = max(self.found.slowest, took)
        if took > SLOWEST and what is None:
            what = self._slow(data)
        if _memory() - memory > MOST_MEMORY:
            what = what or "takes too much memory"
        if what is not None and what not in self.found.failures:
            self.found.failures[what] = self._smaller(data, what)

    def _failure(
        self, data: bytes, watched: Callable[[Callable[[], object]], object]
    ) -> str | None:
        """What is wrong with how an input ends, None where nothing is."""
        try:
            watched(lambda: self._target.read(data))
        except self._target.declared:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return _named(error)
        return None

    def _slow(self, data: bytes) -> str | None:
        started = time.monotonic()
        self._failure(data, lambda act: act())
        return "takes too long" if time.monotonic() - started > SLOWEST / 2 else None

    def _smaller(self, data: bytes, what: str) -> bytes:
        """The input without what it fails without."""
        if what.startswith("takes"):
            return data
        size, tries = max(len(data) // 2, 1), 0
        while tries < _SMALLER:
            at = 0
            while at < len(data) and tries < _SMALLER:
                tries += 1
                fewer = data[:at] + data[at + size :]
                if self._failure(fewer, lambda act: act()) == what:
                    data = fewer
                else:
                    at += size
            if size == 1:
                break
            size //= 2
        return data


def _named(error: Exception) -> str:
    """The kind of error, where the product raised it, and for a difference what differs."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if one.filename.startswith(_PRODUCT)] or list(frames)
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__} at {place}"


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10

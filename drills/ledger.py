"""What was sent, acknowledged and erased, and the figures that follow from it alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Call = dict[str, Any]
Ids = frozenset[str]
STATUSES = ("new", "contacted", "interested")


@dataclass
class Verdict:
    """How many requests are lost, stored twice, in part, or other than they were sent."""

    lost: int = 0
    double: int = 0
    half: int = 0
    wrong: int = 0
    named: list[str] = field(default_factory=list[str])

    def add(self, other: "Verdict") -> None:
        self.lost += other.lost
        self.double += other.double
        self.half += other.half
        self.wrong += other.wrong
        self.named += other.named

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.double or self.half or self.wrong)


@dataclass
class _Request:
    """The calls of one name in each version that was sent; `kept` is the last acknowledged.

    `gone` are ids that were erased; each of `going` was to be erased whole, and may have been.
    """

    versions: list[list[Call]] = field(default_factory=list[list[Call]])
    kept: int = -1
    gone: Ids = frozenset()
    going: list[Ids] = field(default_factory=list[Ids])
    erasures: list[Ids] = field(default_factory=list[Ids])

    def left(self, version: int) -> list[Call]:
        """What is to be there of a version."""
        return [call for call in self.versions[version] if call["call_id"] not in self.gone]

    def judged(self, found: list[Call]) -> Verdict:
        """Compare with the calls that are there, which is the truth from now on."""
        ids = Counter(call["call_id"] for call in found)
        back = ids.keys() & self.gone
        half = any(0 < len(ids.keys() & one) < len(one) for one in self.going)
        self.gone = self.gone.union(*(one for one in self.going if not ids.keys() & one))
        self.going = []
        if not found:
            return Verdict(lost=self.kept >= 0 and bool(self.left(self.kept)), half=half)
        version = found[0]["payload"].get("version", -1)
        if back or not 0 <= version < len(self.versions):
            return Verdict(wrong=1)
        left, double = self.left(version), max(ids.values()) > 1
        half |= len(ids) != len(left) or any(c["payload"]["version"] != version for c in found)
        wrong = not half and not double and _essence(found) != _essence(left)
        lost = version < self.kept
        self.kept = version
        return Verdict(lost, double, half, wrong)


def calls_of(name: str, version: int, size: int) -> list[Call]:
    """The calls of a request: each a lead of its own, with a length that the version decides."""
    return [
        {
            "call_id": f"{name}.{number}",
            "merchant_id": f"m{number % 3}",
            "reseller_id": "r",
            "started_at": f"2025-01-{1 + number % 28:02}T10:00:00Z",
            "duration": 10 + 7 * version + number,
            "status": STATUSES[number % 3],
            "updated_at": f"2025-02-01T00:00:{version % 60:02}Z",
            "payload": {"request": name, "version": version},
        }
        for number in range(size)
    ]


@dataclass(frozen=True)
class Floor:
    """What is to be in every state from a moment on: versions and what was erased, and webhooks."""

    requests: Mapping[str, tuple[int, Ids]]
    hooks: Ids


class Ledger:
    """One for all who send, each under names of its own."""

    def __init__(self) -> None:
        self._requests: dict[str, _Request] = {}
        self._never: dict[str, _Request] = {}
        self._hooks: dict[str, bool] = {}

    def sends(self, name: str, calls: list[Call]) -> None:
        """Take note of what is about to be sent."""
        self._requests.setdefault(name, _Request()).versions.append(calls)

    def acknowledged(self, name: str) -> None:
        """What was sent last under a name is to be there from now on."""
        request = self._requests[name]
        request.kept = len(request.versions) - 1

    def erases(self, name: str, ids: Ids) -> None:
        """Take note that calls are about to be erased, all or none of them."""
        request = self._requests[name]
        request.going.append(ids)
        request.erasures.append(ids)

    def erased(self, name: str, ids: Ids) -> None:
        """They are to be gone from now on."""
        request = self._requests[name]
        request.going.remove(ids)
        request.gone |= ids

    def sends_hook(self, call_id: str) -> None:
        self._hooks[call_id] = False

    def hook_acknowledged(self, call_id: str) -> None:
        self._hooks[call_id] = True

    def has(self, name: str) -> bool:
        """Whether something of a name may be stored."""
        return name in self._requests

    def floor(self) -> Floor:
        """What a backup has at least that is begun now, while others send."""
        requests = {name: (one.kept, one.gone) for name, one in dict(self._requests).items()}
        return Floor(requests, frozenset(name for name, kept in dict(self._hooks).items() if kept))

    def since(self, floor: Floor) -> "Ledger":
        """A ledger of a state between then and now."""
        past = Ledger()
        for name, one in (self._never | self._requests).items():
            kept, gone = floor.requests.get(name, (-1, frozenset()))
            going = [ids for ids in one.erasures if not ids <= gone]
            past._requests[name] = _Request(one.versions, kept, gone, going)
        past._hooks = {name: name in floor.hooks for name in self._hooks}
        return past

    def judge(self, found: Iterable[Call]) -> Verdict:
        """Compare with every call that is stored, which is the truth from now on."""
        verdict, by_name = Verdict(), defaultdict[str, list[Call]](list)
        hooks: Counter[str] = Counter()
        for call in found:
            if call["merchant_id"] == "hooks":
                hooks[call["call_id"]] += 1
            else:
                by_name[call["call_id"].rpartition(".")[0]].append(call)
        for name in self._requests.keys() | by_name.keys():
            one = self._judged(name, by_name.get(name, []))
            if not one.is_clean:
                one.named.append(name)
            verdict.add(one)
        verdict.add(self._judged_hooks(hooks))
        return verdict

    def _judged(self, name: str, found: list[Call]) -> Verdict:
        request = self._requests.get(name, _Request())
        verdict = request.judged(found)
        if not found and not request.gone and name in self._requests:
            self._never[name] = self._requests.pop(name)
        return verdict

    def _judged_hooks(self, hooks: "Counter[str]") -> Verdict:
        missing = [one for one, kept in self._hooks.items() if kept and not hooks[one]]
        double = sum(count > 1 for count in hooks.values())
        wrong = len(hooks.keys() - self._hooks.keys())
        self._hooks |= dict.fromkeys(hooks, True)
        return Verdict(len(missing), double, wrong=wrong, named=missing)

    @property
    def figures(self) -> Mapping[str, Any]:
        """What queries must answer, computed from what was sent."""
        calls = [
            call for one in self._requests.values() if one.kept >= 0 for call in one.left(one.kept)
        ]
        leads = {call.get("lead_id", call["call_id"]): call["status"] for call in calls}
        return {
            "calls": len(calls),
            "seconds": sum(call["duration"] for call in calls),
            "by day": dict(Counter(call["started_at"][:10] for call in calls)),
            "by status": dict(Counter(leads.values())),
        }


def _essence(calls: Iterable[Call]) -> list[tuple[Any, ...]]:
    return sorted(
        (c["call_id"], c["merchant_id"], float(c["duration"]), c["status"]) for c in calls
    )

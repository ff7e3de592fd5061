"""What was sent and acknowledged, and the figures that follow, computed from nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Call = dict[str, Any]
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
    """The calls of one name in each version that was sent; `kept` is the last acknowledged."""

    versions: list[list[Call]] = field(default_factory=list[list[Call]])
    kept: int = -1


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


class Ledger:
    """One for all who send, each under names of its own."""

    def __init__(self) -> None:
        self._requests: dict[str, _Request] = defaultdict(_Request)
        self._hooks: dict[str, bool] = {}

    def sends(self, name: str, calls: list[Call]) -> None:
        """Take note of what is about to be sent."""
        self._requests[name].versions.append(calls)

    def acknowledged(self, name: str) -> None:
        """What was sent last under a name is to be there from now on."""
        request = self._requests[name]
        request.kept = len(request.versions) - 1

    def sends_hook(self, call_id: str) -> None:
        self._hooks[call_id] = False

    def hook_acknowledged(self, call_id: str) -> None:
        self._hooks[call_id] = True

    def has(self, name: str) -> bool:
        """Whether something of a name may be stored."""
        return name in self._requests

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
        missing = [one for one, kept in self._hooks.items() if kept and not hooks[one]]
        verdict.lost += len(missing)
        verdict.named += missing
        verdict.double += sum(count > 1 for count in hooks.values())
        verdict.wrong += len(hooks.keys() - self._hooks.keys())
        self._hooks = dict.fromkeys(hooks, True)
        return verdict

    def _judged(self, name: str, found: list[Call]) -> Verdict:
        request = self._requests[name]
        if not found:
            lost = request.kept >= 0
            del self._requests[name]
            return Verdict(lost=lost)
        ids = Counter(call["call_id"] for call in found)
        double = max(ids.values()) > 1
        version = found[0]["payload"].get("version", -1)
        if not 0 <= version < len(request.versions):
            return Verdict(wrong=1)
        sent = request.versions[version]
        half = len(ids) != len(sent) or any(c["payload"]["version"] != version for c in found)
        wrong = not half and not double and _essence(found) != _essence(sent)
        lost = version < request.kept
        request.kept = version
        return Verdict(lost, double, half, wrong)

    @property
    def figures(self) -> Mapping[str, Any]:
        """What queries must answer, computed from what was sent."""
        calls = [
            call
            for one in self._requests.values()
            if one.kept >= 0
            for call in one.versions[one.kept]
        ]
        return {
            "calls": len(calls),
            "seconds": sum(call["duration"] for call in calls),
            "by day": dict(Counter(call["started_at"][:10] for call in calls)),
            "by status": dict(Counter(call["status"] for call in calls)),
        }


def _essence(calls: Iterable[Call]) -> list[tuple[Any, ...]]:
    return sorted(
        (c["call_id"], c["merchant_id"], float(c["duration"]), c["status"]) for c in calls
    )

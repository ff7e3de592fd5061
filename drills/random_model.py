"""What a random world has acknowledged, and what the naive evaluation makes of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from drills.random_material import DAY
from oracle.reference import Reference, ReferenceSettings, Refused, Scope
from oracle.reference.merge import Raw, merged
from oracle.reference.state import Call, Lead, MergedCall
from oracle.test_batches import names_outside

Body = dict[str, Any]
Key = tuple[str, str, str]
"""A kind, a merchant, an id."""
IDS = {"calls": "call_id", "leads": "lead_id"}
BLOCKED_FOR = 30 * DAY


@dataclass(frozen=True)
class Sent:
    """A record as it was acknowledged."""

    kind: str
    record: Body
    arrived: int

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.kind, self.record["merchant_id"], self.record[IDS[self.kind]]


@dataclass
class Model:
    """All that was acknowledged and is not erased."""

    chosen: ReferenceSettings
    sent: list[Sent] = field(default_factory=list[Sent])
    blocked: dict[Key, int] = field(default_factory=dict[Key, int])
    _reference: Reference | None = None

    def add(self, kind: str, records: Sequence[tuple[int, Body]], arrived: int) -> None:
        """Take records in that came at an instant, each with its place in the request."""
        for place, record in records:
            self.sent.append(Sent(kind, record, arrived + place))
        self._reference = None

    @property
    def reference(self) -> Reference:
        """The naive evaluation over all of it."""
        if self._reference is None:
            self._reference = Reference(self.chosen)
            for one in self.sent:
                self._reference.send(one.kind, one.record, one.arrived)
        return self._reference

    def answer(
        self, body: Body, scope: Scope | None, now: int, locked: Body | None = None
    ) -> Body | int:
        """The envelope, or the status of a refusal."""
        try:
            found: Body | int = self.reference.ask(body, scope, now, locked)
        except Refused as error:
            found = error.status
        return 403 if found != 400 and names_outside(body, scope) else found

    def calls(self, body: Body, scope: Scope | None, now: int) -> list[Call] | int:
        """The calls of a search, earliest first, or the status of a refusal."""
        if names_outside(body, scope):
            return 403
        try:
            return self.reference.calls(body, scope, now)
        except Refused as error:
            return error.status

    def leads(self) -> list[Lead]:
        """Every lead."""
        return self.reference.every_lead({})

    def raws(self, key: Key) -> list[Raw]:
        """The records of one call or lead."""
        return [Raw(one.record, one.arrived, "UTC") for one in self.sent if one.key == key]

    def names(self) -> list[Key]:
        """Every call and lead that some record is about, in order of the first one's arrival."""
        return list(dict.fromkeys(one.key for one in self.sent))

    def lead_of(self, merchant: str, call_id: str, more: Iterable[Raw] = ()) -> str:
        """The lead that a call belongs to, with further records."""
        raws = [*self.raws(("calls", merchant, call_id)), *more]
        return MergedCall((merchant, call_id), raws).lead_id

    def blocks(self, kind: str, records: Sequence[Body], now: int) -> list[int]:
        """Which of the records that come now name what was erased."""
        found: list[int] = []
        came: dict[Key, list[Raw]] = {}
        for place, record in enumerate(records):
            merchant, identity = record["merchant_id"], record[IDS[kind]]
            named = {(kind, merchant, identity)}
            if kind == "calls":
                raw = Raw(record, now + place, "UTC")
                before = came.setdefault((kind, merchant, identity), [])
                named.add(("leads", merchant, self.lead_of(merchant, identity, [*before, raw])))
                before.append(raw)
            if any(self.blocked.get(one, 0) > now for one in named):
                found.append(place)
                came.get((kind, merchant, identity), [None]).pop()
        return found

    def merchants_of(self, kind: str, identity: str, within: Sequence[str] | None) -> list[str]:
        """The merchants that have a call or lead of an id, of those that may be seen."""
        found = {m for k, m, one in self.names() if (k, one) == (kind, identity)}
        if kind == "leads":
            found |= {
                m for k, m, one in self.names() if k == "calls" and self.lead_of(m, one) == identity
            }
        return sorted(found if within is None else found & set(within))

    def shown_of(self, kind: str, identity: str, within: Sequence[str] | None) -> list[str]:
        """The same of what is looked up: a lead is none of which only calls tell that do not count.

        It can be erased, though.
        """
        if kind == "calls":
            return self.merchants_of(kind, identity, within)
        found = {m for k, m, one in self.names() if (k, one) == (kind, identity)}
        found |= {one.merchant_id for one in self.leads() if one.lead_id == identity}
        return sorted(found if within is None else found & set(within))

    def erase(self, kind: str, merchant: str, identity: str, now: int) -> tuple[int, int]:
        """Forget a call, or a lead with its calls; how many calls and leads."""
        gone = {(kind, merchant, identity)}
        if kind == "leads":
            calls = (key for key in self.names() if key[:2] == ("calls", merchant))
            gone |= {key for key in calls if self.lead_of(merchant, key[2]) == identity}
        self.blocked |= dict.fromkeys(gone, now + BLOCKED_FOR)
        self.forget(lambda one: one.key in gone)
        calls = sum(one[0] == "calls" for one in gone)
        return calls, int(kind == "leads")

    def forget(self, is_gone: Callable[[Sent], bool]) -> None:
        """Let records go as if they had never come."""
        self.sent = [one for one in self.sent if not is_gone(one)]
        self._reference = None

    def pending(self, within: Sequence[str] | None) -> dict[tuple[str, tuple[str, ...]], int]:
        """How many records wait for which fields, of the merchants that may be seen."""
        leads = {(one.merchant_id, one.lead_id) for one in self.leads()}
        found: dict[tuple[str, tuple[str, ...]], int] = {}
        for kind, merchant, identity in self.names():
            if within is not None and merchant not in within:
                continue
            raws = self.raws((kind, merchant, identity))
            needed = ("reseller_id", "started_at") if kind == "calls" else ("reseller_id",)
            lacking = tuple(name for name in needed if merged(raws, name) is None)
            if lacking and not (kind == "leads" and (merchant, identity) in leads):
                found[kind, lacking] = found.get((kind, lacking), 0) + 1
        return found


def exact(value: Any) -> Any:
    """A value of JSON to compare whatever way its numbers are written in."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {name: exact(one) for name, one in value.items()}
    if isinstance(value, list):
        return [exact(one) for one in value]
    return Fraction(value)

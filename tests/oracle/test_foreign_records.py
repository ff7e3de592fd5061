"""Of records outside a key's scope nothing is read, so that times tell nothing of them.

A record that a key names and may not see is looked for as one that nobody has: it is neither found
nor read back. On both engines.
"""

from collections.abc import Iterable, Mapping, Set
from itertools import product
from typing import Any, cast

import pytest

from callistics.engines.base import Session
from callistics.ingest.commit import process
from callistics.ingest.erase import Erasure
from callistics.ingest.job import Job
from callistics.model.scope import Scope
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from support.store import Store

CALLS, LEADS = RecordKind.CALLS, RecordKind.LEADS
THEIRS = {"reseller_id": "r-theirs", "merchant_id": "theirs", "template_id": "t-theirs"}
OWN = {"reseller_id": "r-own", "merchant_id": "own", "template_id": "t-own"}
STARTED = {"started_at": "2026-03-01T10:00:00Z", "outcome": "YES"}
SCOPES = [
    Scope(merchant_ids=frozenset({"own"})),
    Scope(merchant_ids=frozenset({"own", "other"})),
    Scope(reseller_ids=frozenset({"r-own"})),
    Scope(template_ids=frozenset({"t-own"})),
    Scope(frozenset({"r-own"}), frozenset({"own"}), frozenset({"t-own"})),
]


class Watched:
    """A session that keeps what is read of it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.read: set[Identity] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> Mapping[Identity, StoredRecord]:
        asked = set(identities)
        self.read |= asked
        return self._session.load(kind, asked)

    def calls_of(self, leads: Set[Identity]) -> Mapping[Identity, Set[Identity]]:
        self.read |= leads
        return self._session.calls_of(leads)


def call(identity: str, tenant: Mapping[str, str], **more: object) -> dict[str, object]:
    return {"call_id": identity, "lead_id": f"lead-{identity}", **tenant, **STARTED, **more}


@pytest.fixture
def filled(store: Store) -> Store:
    """Calls and leads of both; calls that do not count have a lead each that no other tells of."""
    for name, tenant in (("theirs", THEIRS), ("own", OWN)):
        tested = call(f"tested-{name}", tenant, test=True)
        assert store.send("calls", [call(f"call-{name}", tenant), tested]).stored == 2
        bare = {"lead_id": f"bare-{name}", "status": "new", "created_at": STARTED["started_at"]}
        assert store.send("leads", [{**bare, **tenant}]).stored == 1
    return store


def read(store: Store, job: Job) -> set[Identity]:
    """What is read for a job, which is then carried out."""
    with store.engine.writing() as session:
        watched = Watched(session)
        process(cast("Session", watched), [job])
    return watched.read


@pytest.mark.parametrize("scope", SCOPES)
def test_only_merchants_within_a_scope_are_found(filled: Store, scope: Scope) -> None:
    calls = ["call-own", "call-theirs", "tested-own", "tested-theirs", "never"]
    leads = ["bare-own", "bare-theirs", "lead-call-own", "lead-call-theirs", "never"]
    tested = ["lead-tested-own", "lead-tested-theirs"]
    with filled.engine.writing() as session:
        own = {"own"}
        found = session.merchants_of(CALLS, calls, scope)
        assert found == {"call-own": own, "tested-own": own}
        found = session.merchants_of(LEADS, [*leads, *tested], scope)
        assert found == {"bare-own": own, "lead-call-own": own}
        found = session.merchants_of(LEADS, [*leads, *tested], scope, held=True)
        assert found == {"bare-own": own, "lead-call-own": own, "lead-tested-own": own}


@pytest.mark.parametrize("scope", SCOPES)
def test_an_erasure_reads_nothing_of_others(filled: Store, scope: Scope) -> None:
    theirs = [
        (CALLS, "call-theirs"),
        (CALLS, "tested-theirs"),
        (LEADS, "lead-call-theirs"),
        (LEADS, "lead-tested-theirs"),
        (LEADS, "bare-theirs"),
    ]
    for (kind, identity), merchant in product(theirs, (None, "theirs", "own")):
        assert not read(filled, Job(erasure=Erasure(kind, identity, merchant, scope)))


@pytest.mark.parametrize("scope", SCOPES)
def test_an_erasure_finds_its_own(filled: Store, scope: Scope) -> None:
    for kind, identity, gone in (
        ("calls", "tested-own", (1, 0)),
        ("leads", "lead-call-own", (1, 1)),
        ("leads", "bare-own", (0, 1)),
    ):
        assert filled.erase((kind, "own", identity), scope=scope) == [gone]
    for kind, identity in (("calls", "call-theirs"), ("leads", "bare-theirs")):
        assert filled.erase((kind, "theirs", identity), scope=scope) == [404]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_record_that_is_refused_reads_nothing_of_others(filled: Store, scope: Scope) -> None:
    records = [
        {"call_id": "call-theirs", **THEIRS, **STARTED},
        {"call_id": "call-theirs", **STARTED},
        {"lead_id": "bare-theirs", **THEIRS},
        {"lead_id": "bare-theirs", "status": "stolen"},
    ]
    # Others may write calls of their own to any merchant.
    if scope.merchant_ids is not None:
        records.append({"call_id": "call-theirs", **OWN, **STARTED, "merchant_id": "theirs"})
    for record in records:
        kind = "calls" if "call_id" in record else "leads"
        found = read(filled, Job(filled.write(kind, [record], scope)))
        assert {merchant for merchant, _ in found} <= {"own"}


@pytest.mark.parametrize("scope", SCOPES[2:])
def test_a_record_is_refused_at_what_it_names_though_it_names_no_merchant(
    filled: Store, scope: Scope
) -> None:
    name = "template_id" if scope.reseller_ids is None else "reseller_id"
    for kind, record in (
        ("calls", {"call_id": "call-own", "outcome": "NO"}),
        ("leads", {"lead_id": "bare-own", "status": "new"}),
    ):
        (rejected,) = filled.send(kind, [{**record, name: THEIRS[name]}], scope).rejected
        assert [one.pointer for one in rejected.problems] == [f"/0/{name}"]
        assert filled.send(kind, [record], scope).rejected == ()

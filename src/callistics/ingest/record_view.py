"""The records of one kind, as the batches that were merged so far leave them."""

from collections.abc import Mapping, Set

from callistics.ingest.load import StoredRecords
from callistics.ingest.tenancy import UNKNOWN, seen_as
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import State


class RecordView:
    """Begins as what is stored, and takes the states of one batch after the other.

    `changed` are the states that are to be written.
    """

    def __init__(self, stored: StoredRecords) -> None:
        self._records = dict(stored.records)
        self._merchants = {one: set(found) for one, found in stored.merchants.items()}
        self.changed: dict[Identity, State] = {}

    def known(self, identity: Identity) -> StoredRecord:
        """A record, `UNKNOWN` where it is not there."""
        return self._records.get(identity, UNKNOWN)

    def merchants(self, record_id: str) -> Set[str]:
        """The merchants known to have a record of the id."""
        return self._merchants.get(record_id, set())

    def take(self, states: Mapping[Identity, State], stored: Mapping[Identity, None]) -> None:
        """Take the states of an accepted batch; those of `stored` records are to be written."""
        for identity, state in states.items():
            self._records[identity] = seen_as(state, self._records.get(identity))
            self._merchants.setdefault(identity[1], set()).add(identity[0])
        self.changed |= {identity: states[identity] for identity in stored}

    def bring(self, lead: Identity, call: State) -> None:
        """Take a lead that a call brings about, or makes complete."""
        known = self.known(lead)
        if known.reseller_id is None:
            self._records[lead] = seen_as(known.state, seen_as(call, None))

"""What a commit changes of records, and the new rows that follow for their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from callistics.records.columnar.call_batch import CallBatch
from callistics.records.columnar.row_codec import call_rows, lead_rows
from callistics.records.identity import Identity
from callistics.records.merge import State, is_live


@dataclass(frozen=True, slots=True)
class Changes:
    """The new states of calls and of leads' own records, all of which were loaded before.

    `first` are calls, as columns, that are the first of their ids and need no merging, with the
    time of arrival (µs) of their request's first record. `rebuilt` are leads of which no record
    changes, but everything is derived anew. `erased_calls` and `erased_leads`, the leads' own
    records, are to be as if they had never come; none of them is among the others.
    """

    calls: Mapping[Identity, State] = field(default_factory=dict[Identity, State])
    leads: Mapping[Identity, State] = field(default_factory=dict[Identity, State])
    first: Sequence[tuple[CallBatch, int]] = ()
    rebuilt: Sequence[Identity] = ()
    erased_calls: Sequence[Identity] = ()
    erased_leads: Sequence[Identity] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        erased = self.erased_calls or self.erased_leads
        return bool(self.calls or self.leads or self.first or self.rebuilt or erased)

    @property
    def outdated_calls(self) -> Sequence[Identity]:
        """The calls of which nothing that is stored counts any more."""
        return [*self.calls, *self.erased_calls]

    @property
    def outdated_leads(self) -> Sequence[Identity]:
        """The leads of whose own records nothing that is stored counts any more."""
        return [*self.leads, *self.erased_leads]


@dataclass(frozen=True, slots=True)
class NewRows:
    """The rows of changed records.

    `live` are the merged calls that count, and `calls` their rows; `first` are rows of calls that
    needed no merging, `uncounted` those of calls that do not count, `own` those of leads' own
    records.
    """

    live: Mapping[Identity, State]
    calls: pa.Table
    first: Sequence[pa.Table]
    uncounted: pa.Table
    own: pa.Table


def new_rows(changes: Changes) -> NewRows:
    """The rows of the changes."""
    live = {one: state for one, state in changes.calls.items() if is_live(state)}
    uncounted = {one: state for one, state in changes.calls.items() if one not in live}
    return NewRows(
        live,
        call_rows(live),
        [batch.rows(arrival) for batch, arrival in changes.first],
        call_rows(uncounted),
        lead_rows(changes.leads),
    )

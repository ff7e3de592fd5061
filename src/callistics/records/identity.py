"""What identifies a record, and what is known of a stored one."""

from dataclasses import dataclass

from callistics.records.merge import State

Identity = tuple[str, str]
"""(merchant_id, call_id or lead_id)"""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A stored record: its state, and the reseller and template that it is seen under."""

    state: State
    reseller_id: str | None
    template_id: str | None

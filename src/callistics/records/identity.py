"""What identifies a record, and what is known of a stored one."""

from collections.abc import Collection
from dataclasses import dataclass

from callistics.errors import NotFound, Refused, invalid
from callistics.records.merge import State

Identity = tuple[str, str]
"""(merchant_id, call_id or lead_id)"""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A stored record: its state, and the reseller and template that it is seen under."""

    state: State
    reseller_id: str | None
    template_id: str | None


def only_merchant(merchants: Collection[str], what: str) -> str:
    """The one merchant that has a record. Raises `NotFound`, `Refused` where several have one."""
    if not merchants:
        raise NotFound(f"no such {what}")
    if len(merchants) > 1:
        message = f"name a merchant_id: {len(merchants)} merchants have a {what} of this id"
        raise Refused([invalid("/merchant_id", message)])
    return next(iter(merchants))

"""What a reference is set up with, and how it says no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Any of reseller_ids, merchant_ids and template_ids; an absent list is no limit of that kind.
Scope = Mapping[str, Sequence[str]]

UNREACHED = (
    "NO_ANSWER",
    "BUSY",
    "FAILED",
    "REJECTED",
    "CANCELLED",
    "CANCELED",
    "VOICEMAIL",
    "ABORT",
)


@dataclass(frozen=True)
class ReferenceSettings:
    """The settings that change figures."""

    lead_stages: tuple[str, ...] | None = None
    template_lead_stages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    success_outcomes: tuple[str, ...] | None = None
    unreached_outcomes: tuple[str, ...] = UNREACHED
    timezone: str = "UTC"


class Refused(Exception):
    """The request is answered with `status` instead of data."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(f"{status} {message}".strip())
        self.status = status

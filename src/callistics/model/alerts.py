"""What is stored of alerts: what they watch, what state they are in, what happened, and notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from callistics.model.scope import EVERYTHING, Scope

T = TypeVar("T")

GroupKey = Mapping[str, str | int | float | bool | None]
"""What tells the groups of an alert apart: empty where its query has one row."""


class AlertState(StrEnum):
    """The state of a group of an alert, the least serious first."""

    OK = "ok"
    RECOVERED = "recovered"
    PENDING = "pending"
    NO_DATA = "no_data"
    ERROR = "error"
    FIRING = "firing"


@dataclass(frozen=True, slots=True)
class Condition:
    """What is tested of a figure: against `value`, or as a change of `percent`.

    `test` is a name of `alerts.condition.TESTS`; `versus` says what a change is measured from, and
    is None where the figure is held against a value.
    """

    test: str
    value: Decimal | None = None
    percent: Decimal | None = None
    versus: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of day to another (minutes), which is the next day's where it is not later.

    It begins on the ISO `days` of the week.
    """

    begin: int
    end: int
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class NotifyTarget:
    """Where notices go: a webhook with the secret that it is signed with, or addresses of mail."""

    url: str | None = None
    secret: str = ""
    to: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Where that is, for people."""
        return self.url or ", ".join(self.to)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert. Times are in µs, lasting ones in seconds; `query` is the JSON of its query.

    It sees what lies within `scope` alone, and is carried by the key `key_id`: None is the process
    itself. What it says of groups holds since `changed_at`, when what it watches was last changed.
    """

    id: str
    name: str
    query: str
    field: str
    condition: Condition
    buckets: int = 1
    delay: int = 60
    pending_for: int = 0
    minimum: int = 0
    no_data: str = "ok"
    timezone: str | None = None
    quiet_hours: tuple[Hours, ...] = ()
    active_hours: tuple[Hours, ...] = ()
    renotify: int | None = None
    notify: tuple[NotifyTarget, ...] = ()
    enabled: bool = True
    scope: Scope = EVERYTHING
    key_id: str | None = None
    created_at: int = 0
    changed_at: int = 0
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The buckets that a figure is of, from the instant `begin` up to `end` (µs)."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class GroupState:
    """What state a group is in since when (µs), and the last figure.

    `met` is how many evaluations on end the condition held. `seen` is when it last occurred.
    """

    group: GroupKey
    state: AlertState
    since: int
    met: int = 0
    value: Decimal | None = None
    previous: Decimal | None = None
    count: int | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class AlertChange:
    """A change of a group's state at an instant (µs), because of the figure of a window.

    Of an error, which is the whole alert's, it has the sentence.
    """

    at: int
    group: GroupKey
    before: AlertState
    after: AlertState
    window: Window
    value: Decimal | None = None
    previous: Decimal | None = None
    count: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class AlertStatus:
    """Where an alert stands: everything up to `until` (µs) was evaluated.

    It is of the alert as it was `changed_at`. `failures` are those on end, after which it is tried
    again at `retry_at`; they become the `error`. `held` are changes still to be told.
    """

    changed_at: int
    until: int
    evaluated_at: int | None = None
    window: Window | None = None
    groups: tuple[GroupState, ...] = ()
    failures: int = 0
    retry_at: int = 0
    error: str | None = None
    error_since: int | None = None
    held: tuple[AlertChange, ...] = ()
    told_at: int | None = None

    @property
    def state(self) -> AlertState:
        """The most serious of what there is."""
        if self.error is not None:
            return AlertState.ERROR
        order = list(AlertState)
        found = (one.state for one in self.groups)
        return max(found, key=order.index, default=AlertState.OK)


class DeliveryState(StrEnum):
    """What became of a notice to one place."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice on its way to one place; `body` is its JSON, empty once it is over."""

    id: str
    alert_id: str
    target: NotifyTarget
    made_at: int
    body: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    next_at: int = 0
    error: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing is tried any more."""
        return self.state is not DeliveryState.WAITING

    @property
    def overdue(self) -> bool:
        """Whether it did not arrive yet, though it was sent."""
        return not self.over and self.error is not None


ChangeKey = tuple[str, str]
"""The id of a change, and that of its alert."""


class AlertRow(StrEnum):
    """The kinds of rows that are stored of alerts."""

    DEFINITION = "definition"
    STATUS = "status"
    CHANGE = "change"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class AlertChanges:
    """What a commit is to store of alerts.

    Changes and deliveries that were stored before `purge_before` (µs) are deleted, and so are the
    changes that are `forgotten`. What follows from records that were read says how many
    `erasures` the writer had done before; after another one it is not stored. Deliveries without
    that were stored before, and go on telling what they are stored with.
    """

    alerts: Sequence[StoredAlert] = ()
    statuses: Mapping[str, AlertStatus] = field(default_factory=dict[str, AlertStatus])
    changes: Sequence[tuple[str, str, AlertChange]] = ()
    """With each the id of its own, and its alert's."""
    deliveries: Sequence[Delivery] = ()
    forgotten: Sequence[ChangeKey] = ()
    purge_before: int | None = None
    erasures: int | None = None

    def rows(self) -> "list[tuple[AlertRow, str, str, str]]":
        """(kind, id, alert's id, JSON) of each row; the newest of an id and kind counts."""
        return [
            *((AlertRow.DEFINITION, one.id, one.id, as_text(one)) for one in self.alerts),
            *((AlertRow.STATUS, key, key, as_text(one)) for key, one in self.statuses.items()),
            *((AlertRow.CHANGE, own, of, as_text(one)) for own, of, one in self.changes),
            *((AlertRow.DELIVERY, one.id, one.alert_id, as_text(one)) for one in self.deliveries),
        ]


@dataclass(frozen=True, slots=True)
class KeptAlerts:
    """What is kept of alerts that may tell of single records.

    Statuses by their alerts and changes, of groups by payload; the `notices` that are on their way
    by their ids.
    """

    statuses: Mapping[str, AlertStatus]
    changes: Mapping[ChangeKey, AlertChange]
    notices: Mapping[str, Delivery]


def as_text(value: StoredAlert | AlertStatus | AlertChange | Delivery) -> str:
    """What is stored of it."""
    return msgspec.json.encode(value).decode()


def read_row(content: object, type_: type[T]) -> T:
    """What was stored as `as_text` gives it."""
    return _DECODERS[type_].decode(str(content))


_STORED = (StoredAlert, AlertStatus, AlertChange, Delivery)
_DECODERS: Mapping[type, msgspec.json.Decoder[Any]] = {
    type_: msgspec.json.Decoder(type_) for type_ in _STORED
}

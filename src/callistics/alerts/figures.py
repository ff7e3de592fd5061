"""The figures of an alert: its query, asked over a window of buckets, a figure for each group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from callistics.alerts.machine import Reading
from callistics.alerts.windows import before
from callistics.analytics.plan import Plan
from callistics.analytics.service import Analytics
from callistics.catalog.metrics import Figure
from callistics.errors import Refused, invalid
from callistics.model.alerts import GroupKey, StoredAlert, Window
from callistics.model.bodies import Object
from callistics.model.json import as_object, decode_canonical, encode
from callistics.model.time_range import instant_text
from callistics.model.zones import zone
from callistics.queries.base import QueryType, Row
from callistics.sql.dialect import SqlRow, Statement

MOST_GROUPS = 100
"""So many groups an alert may have."""
_COUNTS = ("calls", "count")
_SHARE = "percentage"
_UTC = zone("UTC")


@dataclass(frozen=True, slots=True)
class _Figures:
    """What a window has: figures, and how many they are of, by group; and the wholes of shares."""

    values: Mapping[str, Decimal | None]
    counts: Mapping[str, int | None]
    groups: Mapping[str, GroupKey]
    wholes: Mapping[str, int]


def query_of(alert: StoredAlert) -> Object:
    """The body of an alert's query."""
    return as_object(decode_canonical(alert.query)) or {}


def over(query: Object, window: Window) -> Object:
    """The body of a query, asked over a window."""
    own = query.get("filters")
    if own is not None and as_object(own) is None:
        # It is refused as it is.
        return query
    filters = {
        **(as_object(own) or {}),
        "date_from": instant_text(_UTC, window.begin),
        # The last instant before the end, to the microsecond.
        "date_to": _last(window.end),
    }
    return {**query, "filters": filters}


def _last(end: int) -> str:
    text = instant_text(_UTC, end - 1)
    seconds, point, rest = text.partition(".")
    fraction = rest.partition("+")[0] if point else ""
    return f"{seconds.removesuffix('+00:00')}.{fraction:0<6}+00:00"


def figure_of(kind: QueryType, name: str) -> Figure | None:
    """The figure of a query type's rows that has a name."""
    return next((one for one in kind.figures if one.name == name), None)


def count_of(kind: QueryType) -> str | None:
    """The figure that tells how many calls, or leads, a row is of."""
    names = [one.name for one in kind.figures]
    return next((name for name in _COUNTS if name in names), None)


class Watched:
    """The figures of one alert within its scope. `now` (µs) is when they are asked for."""

    def __init__(self, alert: StoredAlert, analytics: Analytics, now: int) -> None:
        self.alert, self._analytics, self._now = alert, analytics, now
        self.query = query_of(alert)
        plan = self._plan(Window(0, 1))
        asked = plan.selection.query
        self.zone, self.granularity = asked.zone, asked.granularity
        self.kind = plan.kind
        self._grouped = [one.name for one in plan.groups]
        self._kept: dict[Window, _Figures] = {}

    def readings(self, window: Window, known: Iterable[GroupKey]) -> list[Reading]:
        """A reading for each group of the window, and for those that were known before.

        Raises `RequestError`.
        """
        this = self._figures(window)
        that = self._compared(window)
        groups = {**{group_text(one): one for one in known}, **this.groups}
        if that is not None:
            groups = {**that.groups, **groups}
        if len(groups) > MOST_GROUPS:
            message = f"more than {MOST_GROUPS} groups: filter more, or group by less"
            raise Refused([invalid("/query/group_by", message)])
        return [self._reading(text, group, this, that) for text, group in groups.items()]

    def _reading(
        self, text: str, group: GroupKey, this: _Figures, that: _Figures | None
    ) -> Reading:
        previous = None if that is None else self._value(text, group, that)
        value = self._value(text, group, this)
        count = this.counts.get(text, self._whole(group, this))
        return Reading(group, value, previous, count, text in this.values)

    def _value(self, text: str, group: GroupKey, found: _Figures) -> Decimal | None:
        """The figure of a group; of one that does not occur, that of nothing."""
        if text in found.values:
            return found.values[text]
        if self.alert.field == _SHARE:
            return Decimal(0) if self._whole(group, found) else None
        figure = figure_of(self.kind, self.alert.field)
        return None if figure is None or figure.type.endswith("|null") else Decimal(0)

    def _whole(self, group: GroupKey, found: _Figures) -> int | None:
        """How many there are of which a group that does not occur has none."""
        if count_of(self.kind) is None:
            return None
        return found.wholes.get(self._outer(group), 0) if self.alert.field == _SHARE else 0

    def _outer(self, group: GroupKey) -> str:
        """The group that a row's share is of the whole of."""
        return group_text({name: group[name] for name in self._grouped})

    def _compared(self, window: Window) -> _Figures | None:
        versus, alert = self.alert.condition.versus, self.alert
        if versus is None:
            return None
        return self._figures(before(self.zone, self.granularity, window, alert.buckets, versus))

    def _figures(self, window: Window) -> _Figures:
        if window not in self._kept:
            self._kept[window] = self._ask(window)
        return self._kept[window]

    def _ask(self, window: Window) -> _Figures:
        plan = self._plan(window)
        rows = self._analytics.compute(plan, self._run).data
        groups = [group_of(plan, row) for row in rows]
        texts = [group_text(group) for group in groups]
        wholes = self._wholes(rows, groups)
        return _Figures(
            {text: _decimal(row[self.alert.field]) for text, row in zip(texts, rows, strict=True)},
            {
                text: self._count(row, group, wholes)
                for text, row, group in zip(texts, rows, groups, strict=True)
            },
            dict(zip(texts, groups, strict=True)),
            wholes,
        )

    def _run(self, statement: Statement) -> Sequence[SqlRow]:
        return self._analytics.run(statement)

    def _plan(self, window: Window) -> Plan:
        # One more than there may be, so that more are seen.
        body = {**over(self.query, window), "page_size": MOST_GROUPS + 1}
        return self._analytics.plan(body, self.alert.scope, self._now)

    def _count(self, row: Row, group: GroupKey, wholes: Mapping[str, int]) -> int | None:
        """How many a row's figure is of."""
        name = count_of(self.kind)
        if name is None:
            return None
        return (
            wholes.get(self._outer(group), 0) if self.alert.field == _SHARE else _whole(row[name])
        )

    def _wholes(self, rows: Sequence[Row], groups: Sequence[GroupKey]) -> dict[str, int]:
        """How many all rows of each group have, of which their shares are."""
        name, found = count_of(self.kind), dict[str, int]()
        if name is None or self.alert.field != _SHARE:
            return found
        own = [one.name for one in self.kind.fields]
        for row, group in zip(rows, groups, strict=True):
            known = any(row[one] is not None for one in own)
            if known or not self.kind.share_of_known:
                outer = self._outer(group)
                found[outer] = found.get(outer, 0) + _whole(row[name])
        return found


def group_of(plan: Plan, row: Row) -> GroupKey:
    """What tells a row from the others of a window."""
    names = [one.name for one in plan.groups]
    names += [one.name for one in plan.kind.fields if not one.bucket and not one.numbering]
    return {name: _plain(row[name]) for name in names if name in row}


def group_text(group: GroupKey) -> str:
    """A group as a text that tells it from others."""
    return encode(dict(sorted(group.items()))).decode()


def _plain(value: object) -> str | int | float | bool | None:
    return float(value) if isinstance(value, Decimal) else value  # type: ignore[return-value]


def _whole(value: object) -> int:
    return int(str(value))


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))

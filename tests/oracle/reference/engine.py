"""From raw records and a request to the envelope of the answer."""

from collections import defaultdict
from dataclasses import replace
from itertools import islice
from typing import Any

from .buckets import Bucket, buckets_between
from .comparison import Sides, in_this_time, joined, limits, positions
from .filters import (
    Filters,
    Question,
    call_matches,
    given,
    in_scope,
    lead_matches,
    refuse_crossed_dates,
)
from .grouping import grouped, shown, with_all_weekdays
from .measures import number_of
from .merge import Raw
from .queries import LEAD_TYPES, OVERLAPPING, QUERIES, TIME_SERIES, Context, Row
from .settings import ReferenceSettings, Refused, Scope
from .state import Call, Lead, Records, calls_of, leads_of
from .under_way import buckets_of

MOST_ROWS = 1_000_000
IDENTITY = {"calls": "call_id", "leads": "lead_id"}
DEFAULTS: dict[str, Any] = {
    "filters": {},
    "granularity": "day",
    "page": 1,
    "page_size": 1000,
    "group_by": [],
}


class Reference:
    """Keeps raw records and evaluates the contract over all of them for every question.

    What the records make is worked out once for all questions that come between two records.
    """

    def __init__(self, settings: ReferenceSettings | None = None) -> None:
        self.settings = settings or ReferenceSettings()
        self._records: dict[str, Records] = {"calls": defaultdict(list), "leads": defaultdict(list)}
        self._leads: list[Lead] | None = None

    def send(self, kind: str, record: dict[str, Any], arrived: int) -> None:
        """Keep a valid record of `calls` or `leads`; `arrived` in microseconds, ever greater."""
        self._leads = None
        key = (record["merchant_id"], record[IDENTITY[kind]])
        self._records[kind][key].append(Raw(record, arrived, self.settings.timezone))

    def ask(
        self,
        body: dict[str, Any],
        scope: Scope | None,
        now: int = 0,
        locked: Filters | None = None,
    ) -> dict[str, Any]:
        """The envelope for a valid body that comes at an instant, with what is locked beside it.

        Raises Refused where the values cannot be answered.
        """
        request = self._completed(body)
        rows = self._rows(request, self._question(request, scope or {}, now, locked or {}))
        page, size = request["page"], request["page_size"]
        return {
            "query_type": request["query_type"],
            "data": rows[(page - 1) * size : page * size],
            "total": len(rows),
            "page": page,
            "page_size": size,
        }

    def calls(self, body: dict[str, Any], scope: Scope | None, now: int = 0) -> list[Call]:
        """The calls that a valid search is about, in the order of their positions.

        Raises Refused where the values cannot be answered.
        """
        request = self._completed({"query_type": "call_count"} | body)
        refuse_crossed_dates(request["filters"], request["timezone"])
        found = self._units(request, self._question(request, scope or {}, now, {}))
        return sorted(found, key=lambda one: (one.started_at, one.merchant_id, one.call_id))

    def every_call(self, scope: Scope) -> list[Call]:
        """Every live call in a scope."""
        leads = leads_of(self._records["calls"], self._records["leads"])
        return [call for call in calls_of(leads) if in_scope(call, scope)]

    def every_lead(self, scope: Scope) -> list[Lead]:
        """Every lead in a scope."""
        leads = leads_of(self._records["calls"], self._records["leads"])
        return [lead for lead in leads if in_scope(lead, scope)]

    def _completed(self, body: dict[str, Any]) -> dict[str, Any]:
        """Null is the same as leaving a field out."""
        written = {name: value for name, value in body.items() if value is not None}
        request: dict[str, Any] = DEFAULTS | {"timezone": self.settings.timezone} | written
        return request | {"filters": given(request["filters"])}

    def _question(
        self, request: dict[str, Any], scope: Scope, now: int, locked: Filters
    ) -> Question:
        overlap, zone = request["query_type"] in OVERLAPPING, request["timezone"]
        return Question(request["filters"], scope, zone, self.settings, now, overlap, given(locked))

    def _rows(self, request: dict[str, Any], asked: Question) -> list[Row]:
        refuse_crossed_dates(request["filters"], request["timezone"])
        if request.get("compare") is None:
            groups, _ = self._side(request, asked)
        else:
            groups = self._compared(request, asked)
        fields = request["group_by"]
        return [
            dict(zip(fields, map(shown, key), strict=True)) | row
            for key, rows in groups.items()
            for row in rows
        ]

    def _compared(self, request: dict[str, Any], asked: Question) -> Sides:
        """Each group of either range, its rows beside those of the other."""
        begin, end = asked.limits
        if begin is None or end is None:
            raise Refused(422, "both ends are required")
        # A day that was left out ends where it begins.
        whole = (begin, max(begin, end))
        query_type, fields = request["query_type"], request["group_by"]
        sides = limits(request["compare"], asked.zone, whole, asked.now, query_type)
        own, nothing = self._side(request, replace(asked, side=sides[0]))
        before, _ = self._side(request, replace(asked, side=sides[1]), len(nothing))
        if "date" in fields:
            at = fields.index("date")
            before = in_this_time(before, at, asked.zone, request["granularity"], sides)
        return joined(query_type, own, before, nothing)

    def _side(
        self, request: dict[str, Any], asked: Question, most: int | None = None
    ) -> tuple[Sides, list[Row]]:
        """Each group and its rows, and the rows of a group of nothing; `most` buckets, or all."""
        query_type, fields = request["query_type"], request["group_by"]
        units = self._units(request, asked)
        counted = _counted(request, units)
        groups = grouped(counted, fields, asked.zone, request["granularity"])
        if query_type == "hourly_heatmap" and "weekday" in fields:
            groups = with_all_weekdays(groups, fields)
        context = self._context(request, asked, units, most)
        if len(groups) * len(context.buckets) > MOST_ROWS:
            raise Refused(422, "too many rows")
        found = {key: QUERIES[query_type](members, context) for key, members in groups.items()}
        if sum(map(len, found.values())) > MOST_ROWS:
            raise Refused(422, "too many rows")
        return found, QUERIES[query_type]([], context)

    def _units(self, request: dict[str, Any], asked: Question) -> list[Any]:
        if self._leads is None:
            self._leads = leads_of(self._records["calls"], self._records["leads"])
        if request["query_type"] in LEAD_TYPES:
            return [lead for lead in self._leads if lead_matches(lead, asked)]
        return [call for call in calls_of(self._leads) if call_matches(call, asked)]

    def _context(
        self, request: dict[str, Any], asked: Question, units: list[Any], most: int | None
    ) -> Context:
        series = request["query_type"] in TIME_SERIES
        return Context(
            zone=request["timezone"],
            settings=self.settings,
            stages=self._stages(asked),
            buckets=_buckets(request, asked, units, most) if series else (),
            measure=request.get("measure"),
        )

    def _stages(self, asked: Question) -> tuple[str, ...] | None:
        """A template's own stages only where the filters name that template alone."""
        texts = [one.filters["template_id"] for one in asked.each if "template_id" in one.filters]
        sets = [set(text) if isinstance(text, list) else {text} for text in texts]
        named = set.intersection(*sets) if sets else {None}
        alone = named.pop() if len(named) == 1 else None
        own = None if alone is None else self.settings.template_lead_stages.get(alone)
        return self.settings.lead_stages if own is None else own


def _counted(request: dict[str, Any], units: list[Any]) -> list[Any]:
    """The units of a type, which are also what its groups come from."""
    query_type = request["query_type"]
    if query_type == "measure":
        return [call for call in units if number_of(call, request["measure"]) is not None]
    if query_type == "call_duration":
        return [call for call in units if call.duration is not None]
    if query_type == "top_outcomes":
        return [call for call in units if call.outcome is not None]
    return units


def _buckets(
    request: dict[str, Any], asked: Question, calls: list[Call], most: int | None
) -> list[Bucket]:
    """Every bucket of the range, an open end of which the first or last matching call closes."""
    zone, granularity = asked.zone, request["granularity"]
    ends = [one.limits for one in asked.each]
    begin = max((first for first, _ in ends if first is not None), default=None)
    end = min((last for _, last in ends if last is not None), default=None)
    if begin is not None and end is not None and begin >= end:
        return []
    if most is not None and begin is not None and end is not None:
        first = list(islice(positions(zone, granularity, (begin, end)), most))
        # The range is as good as over with the last bucket that is asked for.
        end = min(end, first[-1].end) if first else begin
    if asked.overlap:
        return buckets_of(zone, granularity, begin, end, calls)
    starts = [call.started_at for call in calls]
    if begin is None or end is None:
        if not starts:
            return []
        begin = min(starts) if begin is None else begin
        end = max(starts) + 1 if end is None else end
    return buckets_between(zone, granularity, begin, end)

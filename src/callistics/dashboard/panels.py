"""The panels of the dashboard: each one query and what is shown of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a panel shows its answer."""

    TILES = "tiles"
    PICTURE = "picture"
    TABLE = "table"


class Form(StrEnum):
    """How a figure of a tile is written."""

    NUMBER = "number"
    SHARE = "share"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the answer's only row; `of` is the number that its share is made of."""

    field: str
    form: Form = Form.NUMBER
    of: str | None = None
    rises_well: bool | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    `selects` maps a field of the row behind a mark that is clicked to the filter that it sets;
    `sets` maps a field and its value to the filters that these set. `tiles` are what panels of
    that kind show.
    """

    id: str
    section: str
    title: str
    help: str
    query_type: str
    kind: Kind = Kind.PICTURE
    group_by: tuple[str, ...] = ()
    measure: str | None = None
    page_size: int | None = None
    tiles: tuple[Tile, ...] = ()
    selects: Mapping[str, str] = field(default_factory=dict[str, str])
    sets: Mapping[str, Mapping[str, Mapping[str, object]]] = field(
        default_factory=dict[str, Mapping[str, Mapping[str, object]]]
    )


_DATE = {"date": "date"}
_PAGE = 10_000
"""Rows of a series: as many as there can be buckets."""
_MEANING = "Reached: somebody was spoken to. Success: the call came to what it is for."

PANELS: tuple[Panel, ...] = (
    Panel(
        "calls",
        "Overview",
        "Calls",
        f"Calls that match the filters. {_MEANING}",
        "success_rate",
        Kind.TILES,
        tiles=(
            Tile("calls"),
            Tile("reach_rate", Form.SHARE, of="reached", rises_well=True),
            Tile("success_rate", Form.SHARE, of="successes", rises_well=True),
        ),
    ),
    Panel(
        "talk-time",
        "Overview",
        "Duration",
        "How long the calls of known duration last.",
        "call_duration",
        Kind.TILES,
        tiles=(
            Tile("avg", Form.SECONDS, of="count"),
            Tile("p50", Form.SECONDS, of="count"),
            Tile("total", Form.SECONDS),
        ),
    ),
    Panel(
        "calls-over-time",
        "Over time",
        "Calls over time",
        "Calls by when they started.",
        "calls_over_time",
        page_size=_PAGE,
        selects=_DATE,
    ),
    Panel(
        "duration-over-time",
        "Over time",
        "Average duration over time",
        "Average duration of the calls whose duration is known; no line where there are none.",
        "avg_duration_over_time",
        page_size=_PAGE,
        selects=_DATE,
    ),
    Panel(
        "concurrency",
        "Over time",
        "Calls at once",
        "The most calls under way at one instant, and how many on average.",
        "concurrency",
        page_size=_PAGE,
        selects=_DATE,
    ),
    Panel(
        "outcomes",
        "Results",
        "Outcomes",
        "What calls came to, the most frequent first.",
        "outcome_distribution",
        page_size=15,
        selects={"outcome": "outcome"},
    ),
    Panel(
        "sentiment",
        "Results",
        "Sentiment",
        "From 0, negative, to 1, positive; shares are of the calls that have been scored.",
        "sentiment_distribution",
        selects={"from": "sentiment_min", "to": "sentiment_max"},
    ),
    Panel(
        "durations",
        "Results",
        "Durations",
        "Calls by how long they lasted.",
        "duration_distribution",
        selects={"from": "min_duration", "to": "max_duration"},
    ),
    Panel(
        "reach",
        "Results",
        "Reach and success",
        _MEANING,
        "success_rate",
        sets={"figure": {"reached": {"reached": True}, "successes": {"success": True}}},
    ),
    Panel(
        "heatmap",
        "When",
        "Calls by weekday and hour",
        "When calls start, by the clocks of the chosen time zone.",
        "hourly_heatmap",
        group_by=("weekday",),
        selects={"weekday": "weekday", "hour": "hour"},
    ),
    Panel(
        "success-by-hour",
        "When",
        "Success by hour",
        f"By the hour at which calls start. {_MEANING}",
        "success_rate",
        group_by=("hour",),
        selects={"hour": "hour"},
    ),
    Panel(
        "success-by-weekday",
        "When",
        "Success by weekday",
        f"By the weekday on which calls start. {_MEANING}",
        "success_rate",
        group_by=("weekday",),
        selects={"weekday": "weekday"},
    ),
    Panel(
        "success-by-agent",
        "Who",
        "Success by agent",
        f"By agent, those of most calls first. {_MEANING}",
        "success_rate",
        group_by=("agent_id",),
        # Rows come in the order of their agents, and those of most calls may be the last.
        page_size=_PAGE,
        selects={"agent_id": "agent_id"},
    ),
    Panel(
        "providers",
        "Who",
        "Providers",
        "Which telephony provider carried the calls.",
        "provider_breakdown",
        page_size=15,
        selects={"provider": "provider"},
    ),
    Panel(
        "attempts",
        "Leads",
        "Attempts",
        "Calls by attempt, and how many of them came to what they are for.",
        "retry_analysis",
        page_size=15,
        selects={"attempt": "attempt"},
    ),
    Panel(
        "statuses",
        "Leads",
        "Statuses",
        "Every lead by the status that it has now, be that a stage of the funnel or not.",
        "status_distribution",
        page_size=15,
        selects={"status": "status"},
    ),
    Panel(
        "funnel",
        "Leads",
        "Funnel",
        "Leads that ever reached each stage or a later one, whatever their status is now; who"
        " reached none is not counted. Paler: lost since the stage before.",
        "conversion_funnel",
        page_size=15,
        # No filter means what was ever reached: that by the status means what it is now.
    ),
    Panel(
        "cost",
        "Cost",
        "Cost by currency",
        "What calls cost: the sum, and the average of a call that has a cost.",
        "measure",
        measure="cost",
        selects={"currency": "currency"},
    ),
)

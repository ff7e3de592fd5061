"""Placeholder until the panels land."""

import json
from functools import cache

P = [
    dict(id="headline", title="Calls", help="Calls.", section="Overview", kind="tiles", query={"query_type": "success_rate"}, selects={}, tiles=[dict(title="Calls", field="calls", format="count"), dict(title="Success rate", field="success_rate", format="percent", of=["successes", "calls"], better=1)]),
    dict(id="calls_over_time", title="Calls over time", help="Every call by its start.", section="Over time", kind="picture", query={"query_type": "calls_over_time"}, selects={"date": "date"},
         spec={"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"name": "rows"}, "params": [{"name": "unfinished_from", "value": None}, {"name": "date_texts", "value": {}}, {"name": "weekday_texts", "value": []}], "width": "container", "mark": "bar", "encoding": {"x": {"field": "date", "type": "ordinal"}, "y": {"field": "count", "type": "quantitative"}}}),
    dict(id="outcomes", title="Outcomes", help="What calls came to.", section="Results", kind="picture", query={"query_type": "outcome_distribution"}, selects={"outcome": "outcome"}, spec=None),
]


@cache
def document() -> bytes:
    """The document."""
    return json.dumps({"panels": P, "themes": {"light": {}, "dark": {}}, "filters": [], "ranges": [], "granularities": []}).encode()

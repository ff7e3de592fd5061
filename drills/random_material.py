"""What random worlds are made of: records and queries around one awkward instant, by a seed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from oracle.payload_strategies import focused_filters, leaves
from oracle.record_strategies import History, histories
from oracle.reference import ReferenceSettings, Scope
from oracle.reference.zones import micros
from oracle.strategies import QUERY_TYPES, Body, filters, reference_settings, requests
from oracle.traps import TRAPS

_HISTORIES = 4
_UNCHECKED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
DAY = 86_400_000_000
HOOKED = 1_749_700_000_000_000
"""After what webhooks tell of; every other world begins later than that."""


@dataclass(frozen=True)
class Material:
    """Records in order of arrival, query bodies with scopes, other filters, and the settings.

    `begins` is when the world begins (µs), after all times of its records.
    """

    history: History
    asked: Sequence[tuple[Body, Scope | None]]
    locks: Sequence[Body]
    chosen: ReferenceSettings
    begins: int


def material(number: int) -> Material:
    """The same for a number as long as the strategies are the same."""
    found: list[Material] = []
    trap = TRAPS[number % len(TRAPS)]

    @seed(number)
    @settings(
        max_examples=2,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=_UNCHECKED,
    )
    @given(data=st.data())
    def draw(data: st.DataObject) -> None:
        history = [one for _ in range(_HISTORIES) for one in data.draw(histories(trap))]
        values = [leaf for _, record in history for leaf in leaves(record.get("payload"))]
        asked = [data.draw(requests(name, trap)) for name in QUERY_TYPES]
        for body, _ in asked:
            if values and data.draw(st.booleans()):
                _narrow(body, data.draw(focused_filters(values)))
        locks = [data.draw(filters(trap, {})) for _ in range(3)]
        begins = micros(trap.at) + data.draw(st.integers(40, 400)) * DAY
        begins = max(begins, HOOKED) if number % 2 else begins
        found.append(Material(history, asked, locks, data.draw(reference_settings()), begins))

    draw()
    return found[-1]


def _narrow(body: Body, wanted: dict[str, Any]) -> None:
    body.setdefault("filters", {})["payload_filters"] = wanted


def environment(chosen: ReferenceSettings) -> dict[str, str]:
    """The settings that change figures, as a server is given them."""
    given: dict[str, object] = {
        "LEAD_STAGES": chosen.lead_stages,
        "TEMPLATE_LEAD_STAGES": chosen.template_lead_stages,
        "SUCCESS_OUTCOMES": chosen.success_outcomes,
        "UNREACHED_OUTCOMES": chosen.unreached_outcomes,
    }
    return {
        f"CALLISTICS_{name}": json.dumps(value)
        for name, value in given.items()
        if value is not None
    }

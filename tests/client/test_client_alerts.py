"""Alerts by both clients, and those that the documentation shows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import callistics
from callistics.alerts.parse import FIELDS
from callistics.testing import RunningServer
from support.alerting import body
from support.asynchronous import finished

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
BLOCKS = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)]
ALERTS = [one for one in BLOCKS if "query" in one]
NEVER = {"op": "above", "value": 1_000_000}
"""The server runs, and looks at alerts as they are made."""


def test_an_alert_by_the_client(client: callistics.Client) -> None:
    made = client.create_alert(body(condition=NEVER))
    alert_id = made["id"]
    assert [one["id"] for one in client.list_alerts()] == [alert_id]
    assert client.change_alert(alert_id, enabled=False)["enabled"] is False
    assert client.get_alert(alert_id)["history"] == []
    simulated = client.simulate_alert(alert_id, "2025-01-01T00:00", "2025-01-01T02:59:59")
    assert len(simulated["figures"]) == 3
    of_body = client.simulate_alert(
        body(condition=NEVER), "2025-01-01T00:00", "2025-01-01T02:59:59"
    )
    assert of_body == simulated
    assert client.test_alert(alert_id) == []
    client.delete_alert(alert_id)
    assert client.list_alerts() == []


def test_and_by_the_other(client: callistics.Client, running: RunningServer) -> None:
    async def work() -> None:
        async with callistics.AsyncClient(running.url, running.key) as other:
            made = await other.create_alert(body(condition=NEVER))
            alert_id = made["id"]
            assert [one["id"] for one in await other.list_alerts()] == [alert_id]
            changed = await other.change_alert(alert_id, minimum=5)
            assert (await other.get_alert(alert_id))["minimum"] == changed["minimum"] == 5
            simulated = await other.simulate_alert(alert_id, "2025-01-01", "2025-01-01")
            assert len(simulated["figures"]) == 24
            assert await other.test_alert(alert_id) == []
            await other.delete_alert(alert_id)

    finished(work())
    assert client.list_alerts() == []


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: one["name"])
def test_the_recipes_are_right(alert: dict[str, Any], client: callistics.Client) -> None:
    found = client.simulate_alert(alert, "2025-01-01T10:00", "2025-01-01T11:59:59")
    assert found["from"].startswith("2025-01-01T10:00:00")


def test_there_are_recipes_and_every_field_is_told() -> None:
    assert len(ALERTS) == 3
    assert all(f"| `{name}` |" in PAGE for name in FIELDS)

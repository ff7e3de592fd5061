"""The figures that an operator needs are there, each declared, and move with what happens."""

import math
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from callistics.model.webhooks import KeptBody
from support.server import Server, problem, serving
from support.webhook_server import Endpoint, webhooks_of

CALL = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


def figures(server: Server) -> dict[str, float]:
    """Those without labels, by name."""
    text = server.request("GET", "/metrics").text
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.labels
    }


def test_they_tell_of_records_and_commits(server: Server) -> None:
    before = figures(server)
    assert math.isnan(before["callistics_newest_record_age_seconds"])
    assert before["callistics_ready"] == 1
    assert server.request("POST", "/calls", json=CALL).status_code == 200
    after = figures(server)
    assert 0 <= after["callistics_newest_record_age_seconds"] < 60
    count = "callistics_commit_seconds_count"
    assert after[count] == before[count] + 1
    assert after["callistics_commit_failures_total"] == 0
    # What asks is under way itself.
    assert after["callistics_requests_under_way"] == 1


def test_a_commit_that_fails_is_counted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a defect")

    before = figures(server)["callistics_commit_seconds_count"]
    with monkeypatch.context() as patch:
        patch.setattr("callistics.ingest.writer.process", fail)
        problem(server.request("POST", "/calls", json=CALL), 500)
    after = figures(server)
    assert after["callistics_commit_failures_total"] == 1
    assert after["callistics_commit_seconds_count"] == before


def test_they_tell_of_webhooks_that_wait(server: Server) -> None:
    endpoint, webhooks = Endpoint(server, "vapi"), webhooks_of(server)
    assert math.isnan(figures(server)["callistics_webhooks_waiting_age_seconds"])
    webhooks.worker.stop()
    came = server.application.services.clock() - 90_000_000
    webhooks.keep(KeptBody("whb_1", endpoint.made["id"], came, "application/json", b"{}")).result()
    found = figures(server)
    assert found["callistics_webhooks_waiting"] == 1
    assert 90 <= found["callistics_webhooks_waiting_age_seconds"] < 150


def test_they_tell_of_the_machine(tmp_path: Path) -> None:
    with serving(tmp_path, memory_limit="1GB") as server:
        found = figures(server)
    assert found["callistics_memory_limit_bytes"] == 10**9
    assert found["callistics_machine_memory_bytes"] > 10**8
    assert found["callistics_disk_free_bytes"] > 0
    assert found["callistics_database_bytes"] > 0
    assert found["callistics_spilled_bytes"] == 0
    assert found["process_resident_memory_bytes"] > 10**7
    assert 0 < found["callistics_timezone_rules_age_seconds"] < 10**9


def test_what_is_exposed_is_declared_with_what_it_says(shared_server: Server) -> None:
    """So that the page of reference has all of them."""
    text = shared_server.request("GET", "/metrics").text
    declared = {one.name: one for one in shared_server.application.services.metrics.declared}
    exposed: dict[str, str] = {}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if not name.startswith("process_") and not name.endswith("_created"):
            exposed[name] = family.documentation
    assert exposed == {name: one.help for name, one in declared.items()}
    for name, one in declared.items():
        assert name.startswith("callistics_")
        assert name.endswith("_total") is (one.kind == "counter")
        assert one.help.endswith((".", "0"))

"""What is older than it is to be kept goes in maintenance."""

from typing import Any

import pytest

from callistics.model.instants import DAY, now, utc_text
from callistics.server import retention
from support.server import Server, serving


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


def ago(days: float) -> str:
    return utc_text(now() - round(days * DAY))


def call(call_id: str, days: float, merchant: str = "m", **fields: Any) -> dict[str, Any]:
    ids = {"call_id": call_id, "merchant_id": merchant, "reseller_id": "r"}
    return {**ids, "started_at": ago(days), **fields}


def lead(lead_id: str, days: float, merchant: str = "m") -> dict[str, Any]:
    ids = {"lead_id": lead_id, "merchant_id": merchant, "reseller_id": "r"}
    return {**ids, "created_at": ago(900), "updated_at": ago(days)}


CALLS = (
    call("old", 11, lead_id="known"),
    call("young", 9, lead_id="both"),
    call("older", 12, lead_id="both"),
    call("test", 11, test=True),
    call("kept", 500, "always"),
    call("short", 3, "brief"),
)
LEADS = (lead("known", 20), lead("changed", 2), lead("gone", 11), lead("both", 30))
KEPT: dict[str, Any] = {"retention_days": 10, "merchant_retention_days": {"always": 0, "brief": 2}}


def there(server: Server, *paths: str) -> list[str]:
    return [path for path in paths if server.request("GET", f"/{path}").status_code == 200]


def test_old_calls_go_and_leads_once_they_have_none(engine: str, tmp_path: Any) -> None:
    with serving(tmp_path, **KEPT) as server:
        for kind, records in (("calls", CALLS), ("leads", LEADS)):
            assert server.request("POST", f"/{kind}", json=list(records)).status_code == 200
        while server.application.services.maintain():
            pass
        calls = [f"calls/{one['call_id']}" for one in CALLS]
        assert there(server, *calls) == ["calls/young", "calls/kept"]
        leads = [f"leads/{one['lead_id']}" for one in LEADS]
        assert there(server, *leads) == ["leads/changed", "leads/both"]
        (attempt,) = server.rows("retry_analysis", filters={"merchant_id": "m"})
        assert (attempt["attempt"], attempt["calls"]) == (1, 1)
        noted = server.request("GET", "/audit?action=retention.applied").json()["data"]
        totals = [sum(one["details"][name] for one in noted) for name in ("calls", "leads")]
        assert totals == [4, 2]
        assert {one["who"]["name"] for one in noted} == {"server"}


def test_merchants_that_keep_as_long_are_looked_through_together(
    engine: str, tmp_path: Any
) -> None:
    kept = {f"m{number}": 2 + number % 2 for number in range(20)}
    with serving(tmp_path, merchant_retention_days=kept) as server:
        calls = [call("c", 2.5, name) for name in (*kept, "other")]
        assert server.request("POST", "/calls", json=calls).status_code == 200
        while server.application.services.maintain():
            pass
        (noted,) = server.request("GET", "/audit?action=retention.applied").json()["data"]
        assert noted["details"]["calls"] == 10
        left = server.rows("call_count", group_by=["merchant_id"])
        assert {row["merchant_id"] for row in left} == {
            "other",
            *(name for name, days in kept.items() if days == 3),
        }


def test_what_is_kept_by_its_status_holds_nothing_up(
    engine: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    ids = {"merchant_id": "m", "reseller_id": "r"}
    waits = {**ids, "call_id": "waits", "provider": "TWILIO"}
    with serving(tmp_path, **KEPT) as server:
        for name in ("a", "b", "c"):
            at = {"lead_id": name, **ids, "updated_at": ago(100)}
            since = {"lead_id": name, **ids, "status": "new", "updated_at": ago(5)}
            assert server.request("POST", "/leads", json=[at, since]).status_code == 200
        old = [{"lead_id": f"old {n}", **ids, "updated_at": ago(100)} for n in range(3)]
        assert server.request("POST", "/leads", json=old).status_code == 200
        pending = [
            {**waits, "updated_at": ago(100)},
            {"call_id": "waits", **ids, "status": "new", "updated_at": ago(5)},
        ]
        assert server.request("POST", "/calls", json=pending).json()["pending"] == 2
        while server.application.services.maintain():
            pass
        assert there(server, *(f"leads/{name}" for name in "abc"), "calls/waits") == [
            *("leads/a", "leads/b", "leads/c", "calls/waits")
        ]
        assert there(server, *(f"leads/old {n}" for n in range(3))) == []


def test_a_lead_that_has_just_come_stays_whatever_it_lacks(engine: str, tmp_path: Any) -> None:
    """Its reseller is by default, and as of the earliest time there is."""
    with serving(tmp_path, default_reseller_id="d", **KEPT) as server:
        sent = [{"lead_id": "fresh", "merchant_id": "m"}]
        assert server.request("POST", "/leads", json=sent).status_code == 200
        while server.application.services.maintain():
            pass
        assert there(server, "leads/fresh")


def test_nothing_goes_where_nothing_is_set(server: Server) -> None:
    server.request("POST", "/calls", json=[call("old", 5_000)])
    while server.application.services.maintain():
        pass
    assert there(server, "calls/old")


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_what_was_too_old_may_come_again(engine: str, tmp_path: Any) -> None:
    with serving(tmp_path, **KEPT) as server:
        for _ in range(2):
            assert server.request("POST", "/calls", json=call("old", 11)).json()["stored"] == 1
            while server.application.services.maintain():
                pass

"""The drill of scopes: what it shows of the product, and that it would see a leak."""

import pytest
from drills import scopes
from drills.timing import Times, told_apart

from callistics.access import keyring
from support.server import Server


@pytest.mark.slow
def test_nobody_sees_or_is_told_anything_of_another_tenant() -> None:
    report = scopes.drill(short=True)
    assert report.passed, report.markdown


def test_an_operation_without_an_attack_is_found(
    shared_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not scopes.unattacked(shared_server)
    fewer = [one for one in scopes.ATTACKS if one.operation != "GET /keys"]
    monkeypatch.setattr(scopes, "ATTACKS", fewer)
    assert scopes.unattacked(shared_server) == {"GET /keys"}


def test_a_leak_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ("GET /keys", "DELETE /keys/{key_id}")
    few = [one for one in scopes.ATTACKS if one.operation in paths]
    monkeypatch.setattr(scopes, "ATTACKS", few)
    monkeypatch.setattr(keyring, "covers", lambda *_: True)
    report = scopes.drill(short=True)
    assert not report.passed
    for sign in ("GET /keys", "names the other tenant", "differs with another tenant", "changed"):
        assert sign in report.markdown


def test_times_are_told_apart_where_chance_does_not_explain_them() -> None:
    even = [1.0 + number % 7 / 10 for number in range(40)]
    later = [one + 0.5 for one in even]
    same = [Times(f"same {number}", even, even[::-1]) for number in range(200)]
    other = Times("other", later, even)
    assert told_apart([*same, other]) == [other]
    assert round(other.difference, 6) == 0.5
    assert told_apart(same) == []

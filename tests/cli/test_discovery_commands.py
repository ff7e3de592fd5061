"""`callistics types`, `values` and `payload-keys` end to end, on a database of their own."""

import json

import pytest

from callistics.queries import registry

from .conftest import Fill, Run


@pytest.fixture
def filled(run: Run, fill: Fill) -> Run:
    rows = [f"c{n},m,r,2025-01-01T10:00:00Z,{'BUSY' if n else 'Sold'},city{n}" for n in range(3)]
    header = "call_id,merchant_id,reseller_id,started_at,outcome,payload.city"
    fill("\n".join([header, *rows]))
    return run


def lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in
            text.replace("│", "|").splitlines()]  # fmt: skip


def test_values(filled: Run) -> None:
    shown = lines(filled("values", "outcome").stdout)
    assert shown[2:] == [["BUSY", "2"], ["Sold", "1"], ["2 rows"]]
    assert lines(filled("values", "outcome", "--prefix", "s").stdout)[2:] == [
        ["Sold", "1"],
        ["1 row"],
    ]
    shown = filled("values", "payload.city", "--limit", 1, "--format", "csv").stdout
    assert shown == "value,calls\ncity0,1\n"
    assert "did you mean" in filled("values", "outcom", code=1).output


def test_payload_keys(filled: Run) -> None:
    assert lines(filled("payload-keys").stdout)[2:] == [["city", "string", "0"], ["1 row"]]
    shown = json.loads(filled("payload-keys", "--format", "json").stdout)
    assert shown == {"data": [{"key": "city", "types": ["string"], "calls": 0}], "complete": True}


def test_types(filled: Run) -> None:
    shown = lines(filled("types").stdout)
    assert [line[0] for line in shown[2:-1]] == list(registry())
    shown = lines(filled("types", "call_count").stdout)
    assert shown[2][:2] == ["count", "integer"]
    assert 'did you mean "call_count"' in filled("types", "call_cont", code=2).output

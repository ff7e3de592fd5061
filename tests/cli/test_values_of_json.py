"""What a dry run says of values of JSON is what the import makes of them."""

import json

import pytest

from callistics.files.lines import FitHead
from callistics.records.fields import ALL_FIELDS

from .conftest import Run

TENANT = {"merchant_id": "m", "reseller_id": "r"}
CALL = {**TENANT, "call_id": "a", "started_at": "2025-01-05T10:00:00Z"}
LEAD = {**TENANT, "lead_id": "a"}


def test_every_field_is_looked_at() -> None:
    known = {name for fields in ALL_FIELDS.values() for name in fields}
    assert known == set(FitHead.__struct_fields__)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("calls", {"end_reason": 16}),
        ("calls", {"language": 1}),
        ("calls", {"payload": '{"city": "Delhi"}'}),
        ("leads", {"payload": '{"city": "Delhi"}'}),
        ("leads", {"created_at": "2025/1/5 10:00"}),
        ("leads", {"created_at": "5 Jan 2025"}),
    ],
)
def test_what_is_clear_goes_in(kind: str, more: dict[str, object], run: Run) -> None:
    line = json.dumps({**(CALL if kind == "calls" else LEAD), **more}).encode()
    shown = run("import", "-", "--kind", kind, "--dry-run", stdin=line).output
    assert "Not understood" not in shown
    assert "1 stored" in run("import", "-", "--kind", kind, stdin=line).output

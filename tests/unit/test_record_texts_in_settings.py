"""Settings that name ids, outcomes or statuses take what a record may have, and nothing else."""

import json
from collections.abc import Callable

import pytest

from callistics.errors import SettingsError
from callistics.model.zones import zone
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.records.fields import ALL_FIELDS
from callistics.settings import load_settings

NAMING: list[tuple[str, str, Callable[[str], object]]] = [
    ("default_reseller_id", "reseller_id", str),
    ("lead_stages", "status", lambda text: ["new", text]),
    ("success_outcomes", "outcome", lambda text: [text]),
    ("unreached_outcomes", "outcome", lambda text: [text]),
    ("template_lead_stages", "status", lambda text: {"t": ["new", text]}),
    ("template_lead_stages", "template_id", lambda text: {text: ["new"]}),
]


def as_variable(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def load(setting: str, value: object) -> None:
    load_settings({f"CALLISTICS_{setting.upper()}": as_variable(value)})


def field_takes(name: str, text: str) -> bool:
    try:
        ALL_FIELDS[RecordKind.CALLS][name].type.parse(text, Reading(zone("UTC"), 0))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("length", [1, 1_023, 1_024, 1_025, 5_000])
@pytest.mark.parametrize("letter", ["x", "é", "😀"])
@pytest.mark.parametrize(("setting", "field", "naming"), NAMING)
def test_a_setting_takes_the_texts_of_its_field(
    setting: str, field: str, naming: Callable[[str], object], letter: str, length: int
) -> None:
    text = ("a" + letter * length)[:length]
    assert field_takes(field, text) is (length <= 1_024)
    if length <= 1_024:
        load(setting, naming(text))
    else:
        with pytest.raises(SettingsError, match=f"(?i)^callistics_{setting}: longer than 1,024"):
            load(setting, naming(text))


@pytest.mark.parametrize(("setting", "field", "naming"), NAMING)
def test_bytes_that_are_no_text_are_refused(
    setting: str, field: str, naming: Callable[[str], object]
) -> None:
    with pytest.raises(SettingsError, match=f"(?i)^callistics_{setting}: must be UTF-8"):
        load(setting, naming(b"a\xff".decode(errors="surrogateescape")))

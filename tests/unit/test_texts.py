"""How things are counted in sentences."""

import pytest

from callistics.texts import counted


@pytest.mark.parametrize(
    ("number", "what", "told"),
    [(0, "lead", "0 leads"), (1, "lead", "1 lead"), (1, "entry", "1 entry"),
     (2, "entry", "2 entries"), (2_000, "older backup", "2,000 older backups")],
)  # fmt: skip
def test_one_is_told_in_the_singular(number: int, what: str, told: str) -> None:
    assert counted(number, what) == told

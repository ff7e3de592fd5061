"""The page of the audit log names every action, with what is told of it."""

import re

from callistics.model.audit import DETAILS

from .tree import ROOT

PAGE = ROOT / "docs" / "audit.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (.*) \|$", re.MULTILINE)


def test_the_page_has_every_action_with_its_details() -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("## Actions\n")
    table, _, _ = rest.partition("\n## ")
    found = {name: tuple(re.findall(r"`(\w+)`", told)) for name, told in ROW.findall(table)}
    assert found == {str(action): told for action, told in DETAILS.items()}

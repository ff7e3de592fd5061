"""What a filter is: its name, the type of its value, and the condition that it is in SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callistics.catalog.filter_types import FilterType
from callistics.model.query import FilterValue
from callistics.sql.fragment import Sql
from callistics.sql.selection import Frame, Selection

Condition = Callable[[Frame, Any], Sql]
Given = Callable[[Selection], FilterValue | None]


class Subject(StrEnum):
    """What a filter tests: the record that is counted, whichever it is, or a call.

    Of leads those with at least one call that matches all filters on calls are kept.
    """

    RECORD = "record"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    `condition` says it in SQL: of the unit's row for a `RECORD`, of a row of calls named `c` for a
    `CALL`. `given` is the value that a selection has for it, None where there is none; without it
    that is the value of the query by the filter's name. `upper` names the filter that it must not
    exceed, `with_one` a list filter that must name exactly one value as well. `needs_lead`: the
    condition reads the call's lead too; `timed`: it reads the zone's offsets. `instead_of` names
    the filters that it is another way to write: it is read into them, excludes them, and has no
    condition.
    """

    name: str
    type: FilterType
    help: str
    example: object
    subject: Subject
    condition: Condition | None
    given: Given | None = None
    upper: str | None = None
    with_one: str | None = None
    needs_lead: bool = False
    timed: bool = False
    instead_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises `ValueError` for a filter that would be taken and have no effect."""
        if (self.condition is None) != bool(self.instead_of):
            raise ValueError(f"{self.name} needs a condition, or filters that it is read into")

"""Values for people, wherever a table shows them."""

from decimal import Decimal

NULL = "\N{EN DASH}"
"""What people see where a figure does not exist."""


def is_number(value: object) -> bool:
    """Whether it is a number, which true and false are not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def cell_text(value: object, null: str = NULL) -> str:
    """A value for people: `12,345.5`."""
    if value is None:
        return null
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:,}" if is_number(value) else str(value)

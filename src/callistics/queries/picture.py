"""What picture the rows of a query type make: declared beside the type, drawn by `pictures`.

The values name row fields, not marks: how they look is decided in one place for all types.
"""

from dataclasses import dataclass

FEW = 20
"""Of fewer things than these a rate says little."""


@dataclass(frozen=True, slots=True)
class Series:
    """A figure over time.

    `bars`: the figure is a number of things, drawn from zero; else a line that breaks where there
    is no figure. `beside` is a second figure in the same unit, `weight` the number of things that
    a bucket has. `names_peak`: the highest bucket is named.
    """

    value: str
    unit: str
    bars: bool = False
    beside: str | None = None
    weight: str | None = None
    names_peak: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of a whole: a bar for each, with its number and share beside it.

    `key` is the row field, or the two ends of a bin, that tells the parts apart; `absent` the name
    of the part without one. `apart`: that part is outside the whole that shares are of. `within`
    is a number inside the bar's, with its own rate; one of a bar of fewer than `few` is told paler.
    """

    key: tuple[str, ...]
    absent: str
    value: str = "count"
    share: str = "percentage"
    apart: bool = False
    unit: str = ""
    within: tuple[str, str] | None = None
    few: int = FEW


@dataclass(frozen=True, slots=True)
class Stages:
    """Stages that each keep a part of the one before, with what is lost between them."""

    key: str
    value: str
    of_first: str
    of_before: str


@dataclass(frozen=True, slots=True)
class Hours:
    """A number by the hour of the day, or in a grid of hours and groups."""

    value: str


@dataclass(frozen=True, slots=True)
class Total:
    """One number, which is a picture beside those of other groups alone."""

    value: str


@dataclass(frozen=True, slots=True)
class Rates:
    """A number of things, and parts of it with their rates: (number, rate) pairs.

    A rate of fewer than `few` things says little and is drawn paler.
    """

    whole: str
    parts: tuple[tuple[str, str], ...]
    few: int = FEW


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are spread: figures in ascending order, of which `middle` stands for all."""

    figures: tuple[str, ...]
    middle: str
    unit: str
    total: str


Picture = Series | Parts | Stages | Hours | Total | Rates | Spread

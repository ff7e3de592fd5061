"""The script that pictures are drawn with, which is made when the package is built."""

from pathlib import Path

from callistics.errors import CallisticsError

STATIC = Path(__file__).parent / "static"
CHARTS = STATIC / "vendor" / "charts.js"
HOW_TO_MAKE_IT = (
    "the script that draws pictures is missing: install a wheel of Callistics, or in a clone run"
    " scripts/setup, which makes it"
)


class ChartsMissingError(CallisticsError):
    """This installation was put together without building the package."""


def charts_script() -> str:
    """The ES module. Raises `ChartsMissingError` with how to make it."""
    try:
        return CHARTS.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ChartsMissingError(HOW_TO_MAKE_IT) from error

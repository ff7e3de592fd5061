"""What is computed of figures, which are decimals, and of the doubles that the page advises."""

from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute

from callistics.client.rows.columns import columns_of
from callistics.client.rows.tables import arrow_table, pandas_frame, polars_frame

pc: Any = pyarrow.compute

NAME = "success_rate"
ROWS = [{NAME: Decimal("12.35")}, {NAME: Decimal("7.50")}]
COLUMNS = [one for one in columns_of({"query_type": NAME}, []) if one.name == NAME]
ARROW, POLARS = arrow_table(COLUMNS, ROWS), polars_frame(COLUMNS, ROWS)
PANDAS = pandas_frame(ARROW)

# By pyarrow 26.0, pandas 3.1 and polars 2.1. See
# findings/the-average-of-two-prices-is-a-whole-cent.sh.
MEANS = {"pyarrow": Decimal("9.93"), "pandas": Decimal("9.93"), "polars": 9.925}
SHARES = {"pyarrow": Decimal("0.1235"), "pandas": Decimal("0.1235"), "polars": Decimal("0.12")}


def means(arrow: Any, pandas: Any, polars: Any) -> dict[str, Any]:
    """The average of 12.35 % and 7.50 %, which is 9.925 %."""
    found = {"pyarrow": pc.mean(arrow[NAME]).as_py()}
    return {**found, "pandas": pandas[NAME].mean(), "polars": polars[NAME].mean()}


def shares(arrow: Any, pandas: Any, polars: Any, hundred: Decimal | float) -> dict[str, Any]:
    """12.35 % as a share of one, which is 0.1235."""
    found = {"pyarrow": pc.divide(arrow[NAME], pa.scalar(hundred))[0].as_py()}
    return {**found, "pandas": (pandas[NAME] / 100)[0], "polars": (polars[NAME] / 100)[0]}


def test_decimals_have_the_places_of_their_column_or_more_by_package() -> None:
    assert means(ARROW, PANDAS, POLARS) == MEANS
    assert shares(ARROW, PANDAS, POLARS, Decimal(100)) == SHARES


def test_doubles_have_as_many_as_there_are() -> None:
    doubles = (
        ARROW.cast(pa.schema({NAME: pa.float64()})),
        PANDAS.astype({NAME: "float64"}),
        POLARS.cast({NAME: pl.Float64}),
    )
    assert means(*doubles) == dict.fromkeys(MEANS, 9.925)
    assert shares(*doubles, 100.0) == dict.fromkeys(SHARES, 0.1235)

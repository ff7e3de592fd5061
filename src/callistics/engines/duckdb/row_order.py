"""The order that rows of calls and leads are kept in: by month, merchant and time.

What is written together goes in like that. What comes in small commits lies in pieces even so, and
is put in order later (clustering.py).
"""

from datetime import datetime

import numpy as np
import pyarrow as pa

from callistics.records.columnar.arrow import array_of, coded, scattered

# Fewer rows of a commit begin about as many runs of a merchant in whatever order they are.
_FEW = 2_000


def is_upwards(month: datetime) -> bool:
    """Whether the merchants of a month come upwards; they come downwards in the months beside it.

    Where two months meet within a group of rows, its merchants are the last of both or the first
    of both then, and queries about all others leave it out.
    """
    return month.month % 2 == 1


def in_order(rows: pa.Table, time: str) -> pa.Table:
    """Rows that are written together in the order in which they are kept."""
    if rows.num_rows <= _FEW:
        return rows
    times = array_of(rows[time]).to_numpy(zero_copy_only=False)
    months = times.astype("datetime64[M]").astype(np.int64)
    codes, names = coded(array_of(rows["merchant_id"]))
    order = sorted(range(len(names)), key=lambda one: names[one] or "")
    ranks = scattered(len(names), np.array(order), np.arange(len(names)))[codes]
    # Months are counted from a January.
    merchants = np.where(months % 2 == 0, ranks, -ranks)
    return rows.take(pa.array(np.lexsort((times, merchants, months))))

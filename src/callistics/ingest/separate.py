"""Separates the records that need merging from those that are the first of their ids."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from callistics.engines.base import Session
from callistics.ingest.batch import Batch
from callistics.ingest.blocks import Blocks
from callistics.records.columnar.arrow import RowIndices
from callistics.records.columnar.call_batch import rows_again


def separate(session: Session, batches: Sequence[Batch], blocks: Blocks) -> Sequence[Batch]:
    """The batches of one commit, with only the first records of their ids left in columns.

    All others are to be merged, or refused as they name what is blocked. So is everything where a
    key may hold a part of a merchant: then it takes one record after the other to know whose lead
    a call reaches into.
    """
    columns = [batch.columns for batch in batches if batch.columns is not None]
    if not columns:
        return batches
    if any(batch.scope.splits_merchants for batch in batches):
        again = [np.arange(len(one)) for one in columns]
    else:
        named = [change.identity for batch in batches for _, change in batch.changes]
        again = rows_again(columns, session.known(columns), named)
        if blocks:
            again = [
                np.union1d(rows, np.flatnonzero(blocks.rows(one)))
                for rows, one in zip(again, columns, strict=True)
            ]
    rows = iter(again)
    return [one if one.columns is None else _separated(one, next(rows)) for one in batches]


def _separated(batch: Batch, rows: RowIndices) -> Batch:
    """A batch with some rows of its columns taken out of them, to be merged."""
    if batch.columns is None or not len(rows):
        return batch
    changes = [*batch.changes, *batch.columns.part(rows).changes()]
    changes.sort(key=lambda one: one[0])
    return replace(batch, changes=changes, columns=batch.columns.without(rows))

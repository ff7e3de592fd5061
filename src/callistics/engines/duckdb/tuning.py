"""From how many rows on the embedded engine takes one way rather than another."""

from dataclasses import dataclass

from callistics.engines.base import SharingLimits

_SHARING = SharingLimits(queries=4, rows=500_000)


@dataclass(frozen=True, slots=True)
class Tuning:
    """The sizes that decide how work is done, never what comes of it.

    They are measured, and but for the settings `payload_key_limit` and `disk_reserve` not set
    by who runs a server; tests make them small.
    """

    shared: bool = True
    """Whether others may wait for the writer: then it does nothing long at a time."""
    payload_keys_listed: int = 1_000
    """Keys of payloads that are listed for each merchant; where one has more, any may be there."""
    payload_names_listed: int = 256
    """Different keys that are listed of all merchants together. The engine makes a column of each
    in a group of rows, and takes 16 bytes for each of these rows while it does so."""
    tenants_listed: int = 1_000
    """Resellers, and templates, that are listed for each merchant; with more it may have any."""
    disk_reserve: int = 0
    """Bytes of the disk that are not for spilling."""
    file_bytes_per_row_fetched: int = 8 << 20
    """One row for each so many bytes of the file is fetched by itself, where the engine's own limit
    is 50. More are picked out of all, which takes the time of opening each column of each row
    group."""
    leads_rebuilt_at_once: int = 50_000
    """Leads that are recomputed in one commit."""
    payload_bytes_rebuilt_at_once: int = 32 << 20
    """Bytes of payloads in such a commit: in memory they are there some ten times."""
    rows_per_scan: int = 1_000_000
    """So many rows of a table are worth one scan more of it. In a month that is in order, few
    groups of rows have one merchant's, so a few rows are looked for by scans of their own, limited
    to their merchants. A scan takes half a millisecond to plan."""
    rows_scanned_whole: int = 50_000
    """A look-up reads all of a table with up to so many rows, whatever their months and merchants:
    its text is always the same then, and planned once."""
    ids_read_at_opening: int = 200_000
    """Up to so many ids of records are read at first use; more are read in the background."""
    ids_read_for_one: int = 0
    """For each record of a commit it waits for the reading of so many. Until these are read, the
    record is looked for among all; where others wait for the writer, they would wait for both."""
    changes_refreshed: int = 10_000
    """Every query on a roll-up reads all changes along: so many are taken in when there is time."""
    loose_parts_merged: int = 1_000
    """Below so many loose parts of sums a day is left alone."""
    rows_out_of_order: int = 50_000
    """A month of fewer rows is left as it is; what else decides is told by `Clustering`."""
    clusters: bool = True
    """Whether months are looked through, and put in order. An import does neither: what it writes
    is in order for the most part."""
    rows_of_a_group: int = 122_880
    """Rows of a full row group, which a query reads or leaves out as one."""
    rows_copied_at_once: int = 1_000_000
    """About so many rows are a part of a month, which is copied in order, or, where nobody waits,
    written in order in one transaction."""
    sharing: SharingLimits = _SHARING
    """Queries of a batch, and rows, with which rows that match are kept apart for all of them. To
    keep a row takes as long as two or three queries that read it."""
    rows_between_checkpoints: int = 1_000_000
    """Where nobody waits there is a checkpoint after so many rows: large commits are written into
    the file at once, in groups of rows that a checkpoint fills up by writing them again. The log
    says nothing of them; without one, that would take a second file's worth of room in the end."""
    rows_moved_at_once: int = 20_000
    """Rows moved in one transaction where others wait for it; the month is looked through each
    time."""


DEFAULTS = Tuning()

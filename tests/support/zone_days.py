"""Calls in zones whose rules changed of late, and what a process answers about them."""

# pyright: reportArgumentType=false

import json
import sys
from typing import Any

from callistics.ingest import decode_process
from callistics.ingest.decode import Limits, Terms
from callistics.ingest.decode_process import DecodeProcess
from callistics.model.instants import naive
from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.timezones import rules_version, zone_names
from support.other_process import Other
from support.store import lent

DAYS = (
    ("America/Vancouver", "2026-12-15T07:30:00Z", "2026-12-15"),
    ("America/Winnipeg", "2026-12-15T05:30:00Z", "2026-12-15"),
    ("America/Havana", "2026-12-15T04:30:00Z", "2026-12-15"),
    ("Africa/Casablanca", "2026-10-14T23:30:00Z", "2026-10-14"),
)
"""A zone, the start of a call, and the day it falls on there since release 2026f."""

LOCAL = "2026-12-15T00:30:00"
READ = "2026-12-15T07:30:00"
"""A start without an offset, in Vancouver, and its instant."""


def days(engine: str) -> list[str]:
    """The day of each call, as a store on the engine answers."""
    found: list[str] = []
    with lent(engine) as store:
        for name, start, _ in DAYS:
            call = {"call_id": "c", "merchant_id": name, "reseller_id": "r", "started_at": start}
            store.send("calls", [call])
            filters = {"merchant_id": name}
            rows = store.rows("calls_over_time", granularity="day", timezone=name, filters=filters)
            found += [row["date"] for row in rows if row["count"]]
    return found


# 2033, when no call of these days is ahead.
_LATER = 2_000_000_000_000_000


def read_beside() -> set[str]:
    """What the reading process makes of `LOCAL`."""
    terms = Terms(RecordKind.CALLS, Reading(zone(DAYS[0][0]), _LATER), EVERYTHING, skip=False)
    call = {"merchant_id": "m", "reseller_id": "r", "started_at": LOCAL}
    body = json.dumps([{"call_id": f"c{number}", **call} for number in range(40)]).encode()
    reading = _reading_at_once()
    try:
        reading.decode_batch(body, None, Limits(1 << 20, 100), terms)
        Other(reading).wait()
        decode_process.decode_batch = _not_here
        found = reading.decode_batch(body, None, Limits(1 << 20, 100), terms)
    finally:
        reading.stop()
    taken = () if found.columns is None else found.columns.changes()
    changes = (*found.changes, *taken)
    return {naive(change.values["started_at"]).isoformat() for _, change in changes}


def _reading_at_once() -> DecodeProcess:
    return DecodeProcess(decode_process.Tuning(large=1, worthwhile=1))


def _not_here(*_: object) -> Any:
    raise AssertionError("read in this process")


def tell() -> None:
    """Write what is answered on the engines that are named, and by the reading process."""
    answers = {
        "days": {engine: days(engine) for engine in sys.argv[1:]},
        "beside": sorted(read_beside()),
        "names": sorted(zone_names()),
        "version": rules_version(),
    }
    json.dump(answers, sys.stdout)

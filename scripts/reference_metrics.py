"""The reference page of the metrics that a server has."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from markdown_pages import page, table

from callistics.http.metrics import Declared
from callistics.server.app import build
from callistics.server.in_process import LocalTransport, quiet_logs
from callistics.settings import Settings


def metrics() -> str:
    """Every metric with its labels and what it says."""
    rows = [
        (f"`{one.name}`", one.kind, ", ".join(f"`{label}`" for label in one.labels), one.help)
        for one in sorted(_declared(), key=lambda one: one.name)
    ]
    return page(
        "Metrics",
        "`GET /metrics` has these in the text format of Prometheus. It takes a key with `admin` "
        "and without a scope: the figures are of all tenants together. No tenant, payload or phone "
        "number is ever a label. How to use them: [Monitoring](../monitoring.md).",
        table(("Metric", "Kind", "Labels", "Meaning"), rows),
        "A gauge is `NaN` where nothing is known. On Linux there are those that every program "
        "has, too: `process_resident_memory_bytes`, `process_virtual_memory_bytes`, "
        "`process_cpu_seconds_total`, `process_open_fds`, `process_max_fds` and "
        "`process_start_time_seconds`.",
    )


def _declared() -> Sequence[Declared]:
    """Those of a server that was just started."""
    with TemporaryDirectory() as folder, quiet_logs():
        application = build(Settings(engine=f"duckdb://{Path(folder) / 'calls.db'}"))
        transport = LocalTransport(application.asgi)
        try:
            return application.services.metrics.declared
        finally:
            transport.close()

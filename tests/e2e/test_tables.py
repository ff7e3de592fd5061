"""What a table says of a figure that is not there."""

from typing import Any

from support.dashboard import Dashboard

CELLS = """async ([rows, columns]) => {
    const main = document.querySelector("script[src$='main.js']").src;
    const { table } = await import(main.replace("main.js", "table.js"));
    const panel = { title: "", columns, query: {}, selects: {} };
    const made = table(panel, rows, "day", { canChoose: () => false, choose: () => {} });
    return [...made.rows].map(row => [...row.cells].map(cell => cell.textContent));
}"""


def texts(page: Dashboard, rows: list[dict[str, Any]]) -> list[list[str]]:
    """The lines of a table of the rows, its heading first."""
    columns = [{"name": "step_rate", "label": "Share of the stage before"}]
    return page.page.evaluate(CELLS, [rows, columns])


def test_what_the_compared_period_lacked_was_none(dashboard: Dashboard) -> None:
    rows = [
        {"outcome": "BUSY", "count": 1, "previous.count": 2, "previous.success_rate": 50},
        {"outcome": "FAILED", "count": 0, "previous.count": None, "previous.success_rate": None},
    ]
    head, _, failed = texts(dashboard, rows)
    assert head[2] == "Count, compared period"
    assert failed == ["FAILED", "0", "0", "\N{EN DASH}"]


def test_where_nothing_is_compared_nothing_is_said(dashboard: Dashboard) -> None:
    rows = [{"outcome": "BUSY", "count": 1, "previous.count": None}]
    assert texts(dashboard, rows)[1] == ["BUSY", "1", "\N{EN DASH}"]
    days: list[dict[str, Any]] = [{"date": "2026-01-01", "count": 1, "previous.count": 3}]
    days.append({"date": "2026-01-02", "count": 1, "previous.count": None})
    assert texts(dashboard, days)[2][2] == "\N{EN DASH}"


def test_a_label_of_the_compared_period_reads_well(dashboard: Dashboard) -> None:
    rows = [{"status": "new", "step_rate": 100, "previous.step_rate": 50}]
    assert texts(dashboard, rows)[0][2] == "Share of the stage before, compared period"

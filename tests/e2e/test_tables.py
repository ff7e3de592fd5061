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


def test_what_the_compared_period_lacked_was_none(shown: Dashboard) -> None:
    rows = [
        {"outcome": "BUSY", "count": 1, "previous.count": 2, "previous.success_rate": 50},
        {"outcome": "FAILED", "count": 0, "previous.count": None, "previous.success_rate": None},
    ]
    head, busy, failed = texts(shown, rows)
    assert head[2:4] == ["Count, compared period", "Change"]
    assert busy[3] == "\N{HYPHEN-MINUS}1 (\N{HYPHEN-MINUS}50%)"
    assert failed == ["FAILED", "0", "0", "0", "\N{EN DASH}"]


def test_where_nothing_is_compared_nothing_is_said(shown: Dashboard) -> None:
    rows = [{"outcome": "BUSY", "count": 1, "previous.count": None}]
    assert texts(shown, rows)[1] == ["BUSY", "1", "\N{EN DASH}"]
    days: list[dict[str, Any]] = [{"date": "2026-01-01", "count": 1, "previous.count": 3}]
    days.append({"date": "2026-01-02", "count": 1, "previous.count": None})
    assert texts(shown, days)[2][2] == "\N{EN DASH}"


def test_a_label_of_the_compared_period_reads_well(shown: Dashboard) -> None:
    rows = [{"status": "new", "step_rate": 100, "previous.step_rate": 50}]
    assert texts(shown, rows)[0][2] == "Share of the stage before, compared period"


def test_what_changed_most_comes_first(dashboard: Dashboard) -> None:
    """By the size of the change, a fall as a rise; a third click brings the answer's order back."""
    panel = dashboard.panel("outcomes")
    panel.get_by_role("button", name="Table").click()
    as_answered = panel.locator("tbody th").all_text_contents()
    change = panel.locator("th[data-column=change]")
    change.get_by_role("button").click()
    assert change.get_attribute("aria-sort") == "descending"
    told = panel.locator("td.change").all_text_contents()
    sizes = [abs(int(one.split(" ")[0])) for one in told]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 1
    change.get_by_role("button").click()
    change.get_by_role("button").click()
    assert panel.locator("tbody th").all_text_contents() == as_answered


def test_rows_in_the_order_of_a_column(dashboard: Dashboard) -> None:
    panel = dashboard.panel("outcomes")
    panel.get_by_role("button", name="Table").click()
    outcome = panel.locator("th[data-column=outcome]")
    outcome.get_by_role("button").click()
    outcome.get_by_role("button").click()
    assert outcome.get_attribute("aria-sort") == "ascending"
    *names, last = panel.locator("tbody th").all_text_contents()
    assert names == sorted(names, key=str.lower)
    assert last == "none"


def test_a_link_to_the_dates_stays_as_it_is(dashboard: Dashboard) -> None:
    shown = dashboard.rows("calls-over-time")
    dashboard.page.get_by_role("link", name="Link to these dates").click()
    dashboard.settle()
    assert dashboard.query.keys() == {"date_from", "date_to"}
    assert dashboard.rows("calls-over-time") == shown
    assert dashboard.page.get_by_role("link", name="Link to these dates").count() == 0


def test_a_long_text_does_not_widen_a_list(shown: Dashboard) -> None:
    script = """async (text) => {
        const main = document.querySelector("script[src$='main.js']").src;
        const { cellOf } = await import(main.replace("main.js", "call-fields.js"));
        const cell = cellOf("outcome", { outcome: text }, (name, call, shown) => shown);
        return [cell.className, cell.title];
    }"""
    assert shown.page.evaluate(script, "x" * 200) == ["long", "x" * 200]
    assert shown.page.evaluate(script, "BUSY") == ["", ""]

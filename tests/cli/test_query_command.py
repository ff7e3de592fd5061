"""`callistics query` and `callistics keys` end to end, on a database of their own."""

import json
import re
from pathlib import Path

import pytest

from callistics.queries import registry

from .conftest import Fill, Run


@pytest.fixture
def filled(run: Run, fill: Fill) -> Run:
    rows = [
        f"c{n},mer_{n % 2},res,2025-01-{n + 1:02d}T10:00:00Z,{'BUSY' if n % 3 else ''},city{n}"
        for n in range(12)
    ]
    header = "call_id,merchant_id,reseller_id,started_at,outcome,payload.city"
    fill("\n".join([header, *rows]))
    return run


def test_a_table(filled: Run) -> None:
    shown = filled("query", "outcome_distribution").stdout.replace("│", "|").splitlines()
    assert [line.rstrip() for line in shown[2:]] == [
        "BUSY    |     8 |      66.67",
        "\N{EN DASH}       |     4 |      33.33",
        "2 rows",
    ]


def test_json_is_the_exact_answer(filled: Run) -> None:
    shown = filled("query", "outcome_distribution", "--format", "json").stdout
    assert shown == (
        '{"query_type":"outcome_distribution","data":[{"outcome":"BUSY","count":8,'
        '"percentage":66.67},{"outcome":null,"count":4,"percentage":33.33}],'
        '"total":2,"page":1,"page_size":1000}\n'
    )


def test_csv(filled: Run) -> None:
    options = ("--from", "2025-01-02", "--to", "2025-01-03", "--group-by", "merchant_id")
    assert filled("query", "calls_over_time", *options, "--format", "csv").stdout == (
        "merchant_id,date,count\n"
        "mer_0,2025-01-02,0\nmer_0,2025-01-03,1\n"
        "mer_1,2025-01-02,1\nmer_1,2025-01-03,0\n"
    )


def test_csv_of_nothing_has_its_header(filled: Run) -> None:
    options = ("--merchant", "gone", "--group-by", "provider", "--format", "csv")
    assert filled("query", "top_outcomes", *options).stdout == (
        "provider,rank,outcome,count,percentage\n"
    )


def test_a_comparison_is_a_wider_table(filled: Run) -> None:
    dates = ("--from", "2025-01-07", "--to", "2025-01-12", "--compare", "previous_period")
    shown = filled("query", "outcome_distribution", *dates).stdout.replace("│", "|").splitlines()
    assert [name.strip() for name in shown[0].split("┃")] == [
        "outcome",
        "count",
        "percentage",
        "previous.count",
        "previous.percentage",
    ]
    assert [cell.strip() for cell in shown[2].split("|")][::3] == ["BUSY", "4"]
    nothing = ("--merchant", "gone", "--format", "csv")
    assert filled("query", "top_outcomes", *dates, *nothing).stdout == (
        "rank,outcome,count,percentage,previous.count,previous.percentage\n"
    )
    both = filled("query", "call_count", "call_duration", *dates, "--format", "json").stdout
    assert both.count('"previous.count":') == 2
    wrong = filled("query", "call_count", "--compare", "previous_period", code=1).output
    assert "date_from and date_to" in wrong


@pytest.mark.parametrize("more", [(), ("--all",)])
def test_measures_are_written_exactly(run: Run, folder: Path, more: tuple[str, ...]) -> None:
    rows = "".join(f"c{n},m,r,2025-01-01T00:00:00Z,{x}\n" for n, x in enumerate(("0.000001", 5e11)))
    (folder / "calls.csv").write_text(f"call_id,merchant_id,reseller_id,started_at,cost\n{rows}")
    run("import", "calls.csv")
    asked = ("query", "measure", "--measure", "cost", *more, "--format")
    assert run(*asked, "csv").stdout == (
        "currency,count,sum,avg,min,max,p50,p90,p95,p99\n"
        ",2,500000000000.000001,250000000000.000001,0.000001,500000000000,0.000001,"
        "500000000000,500000000000,500000000000\n"
    )
    assert '"sum":500000000000.000001,' in run(*asked, "json").stdout
    assert "500,000,000,000.000001" in run(*asked, "table").stdout


def test_pages(filled: Run) -> None:
    options = ("--granularity", "day", "--page-size", "5", "--page", "2")
    shown = filled("query", "calls_over_time", *options).stdout
    assert "2025-01-06" in shown
    assert "rows 6 to 10 of 12" in shown


def test_every_page(filled: Run) -> None:
    minutes = ("--granularity", "minute", "--from", "2025-01-01", "--to", "2025-01-06")
    asked = ("calls_over_time", "--all", *minutes, "--group-by", "merchant_id")
    answer = json.loads(filled("query", *asked, "--format", "json").stdout)
    times = [(row["merchant_id"], row["date"]) for row in answer["data"]]
    # More than the largest page has.
    assert len(set(times)) == 2 * 6 * 24 * 60
    assert times == sorted(times)
    assert (answer["total"], answer["page"], answer["page_size"]) == (17_280, 1, 17_280)


def test_filters(filled: Run) -> None:
    options = ("--payload", "city~city1", "--merchant", "mer_1", "--filter", 'outcome=["BUSY"]')
    answer = filled("query", "call_count", *options, "--format", "csv").stdout
    assert answer == "count\n2\n"


def test_a_body(filled: Run, folder: Path) -> None:
    body = '{"query_type": "call_count", "filters": {"merchant_id": "mer_1"}}'
    (folder / "question.json").write_text(body)
    assert filled("query", "--body", "question.json", "--format", "csv").stdout == "count\n6\n"
    answer = filled("query", "--body", "-", "--format", "csv", stdin=body.encode()).stdout
    assert answer == "count\n6\n"


def test_a_refusal_names_every_field(filled: Run) -> None:
    options = ("--from", "yesterday", "--granularity", "dya", "--filter", "marchant_id=x")
    shown = filled("query", "calls_over_time", *options, code=1).stderr
    assert "Error: 400 Malformed request:" in shown
    assert "/filters/date_from: not an ISO 8601 date" in shown
    assert "/granularity: must be one of" in shown
    assert 'did you mean "merchant_id"' in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "give a TYPE: avg_duration_over_time, call_count"),
        (("call_cuont",), 1, 'did you mean "call_count"'),
        (("call_count", "--body", "-"), 2, "--body is sent as it is"),
        (("call_count", "--all", "--page", "2"), 2, "--all fetches every page"),
        (("call_count", "--payload", "city"), 2, "must look like city=Delhi"),
        (("--body", "gone.json"), 2, "does not exist"),
        (("call_count", "--format", "xml"), 2, "'xml' is not one of"),
        (("call_count", "--url", "http://127.0.0.1:1"), 1, "no answer from http://127.0.0.1:1"),
        (("call_count", "--url", "localhost"), 1, "must look like http://127.0.0.1:8000"),
        (("call_count", "--engine", "duckdb://gone.db"), 1, "duckdb://gone.db is not there"),
        (("call_count", "--key", "wrong"), 1, "--key or the environment variable"),
    ],
)
def test_mistakes_are_explained(
    filled: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert message in filled("query", *arguments, code=code).stderr


def test_without_server_and_database_nothing_is_made(run: Run, folder: Path) -> None:
    shown = run("query", "call_count", code=1).stderr
    assert "no server answers at http://127.0.0.1:" in shown
    assert "callistics serve" in shown
    assert not list(folder.iterdir())


def test_a_wrong_setting_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLISTICS_PRT", "1")
    assert 'did you mean "port"' in run("query", "call_count", code=1).stderr


def test_a_key_from_beginning_to_end(filled: Run) -> None:
    made = filled(
        *("keys", "create", "dashboard", "--permission", "query", "--merchant", "mer_1"),
        *("--expires", "2100-01-01"),
    )
    key = made.stdout.strip()
    assert made.stdout == f"{key}\n"
    assert made.stderr.startswith("Key key_")
    listed = filled("keys", "list").stdout
    assert "dashboard" in listed
    assert "merchant mer_1" in listed
    assert "2100-01-01T00:00:00Z" in listed
    assert key not in listed
    answer = filled("query", "call_count", "--key", key, "--format", "csv").stdout
    assert answer == "count\n6\n"
    denied = filled("query", "call_count", "--key", key, "--merchant", "mer_0", code=1)
    assert "/filters/merchant_id: outside the scope of this key" in denied.stderr
    assert "admin" in filled("keys", "list", "--key", key, code=1).stderr
    identity = made.stderr.split()[1].rstrip(",")
    followed = filled("keys", "rotate", identity, "--overlap", "60")
    assert f"which follows {identity}, shown this once" in followed.stderr
    for one in (key, followed.stdout.strip()):
        assert filled("query", "call_count", "--key", one, "--format", "csv").stdout == answer
    assert "/overlap" in filled("keys", "rotate", identity, "--overlap", "-1", code=1).stderr
    assert filled("keys", "revoke", identity).stdout == f"Revoked {identity}.\n"
    assert "revoked 20" in filled("keys", "list").stdout
    filled("query", "call_count", "--key", key, code=1)


def test_keys_that_cannot_be(filled: Run) -> None:
    assert "Missing option '--permission'" in filled("keys", "create", "x", code=2).stderr
    past = filled("keys", "create", "x", "--permission", "query", "--expires", "2020", code=1)
    assert "/expires_at" in past.stderr
    assert "no such key" in filled("keys", "revoke", "key_gone", code=1).stderr
    assert "404" in filled("keys", "revoke", "../calls?x", code=1).stderr


def test_several_types_at_once(filled: Run) -> None:
    shown = filled("query", "call_count", "outcome_distribution", "--merchant", "mer_0").stdout
    cells = [re.findall(r"[\w.\N{EN DASH}]+", line) for line in shown.splitlines()]
    assert [line for line in cells if line] == [
        ["call_count"],
        ["count"],
        ["6"],
        ["1", "row"],
        ["outcome_distribution"],
        ["outcome", "count", "percentage"],
        ["BUSY", "4", "66.67"],
        ["\N{EN DASH}", "2", "33.33"],
        ["2", "rows"],
    ]


def test_a_dashboard_is_every_type_that_needs_no_measure(filled: Run) -> None:
    shown = filled("query", "--dashboard", "--format", "json", "--to", "2025-01-05").stdout
    found = [answer["query_type"] for answer in json.loads(shown)["answers"]]
    assert found == [name for name in registry() if name != "measure"]


def test_several_types_as_json_are_the_exact_answer(filled: Run) -> None:
    shown = filled("query", "call_count", "call_count", "--format", "json").stdout
    one = filled("query", "call_count", "--format", "json").stdout.strip()
    assert shown == f'{{"answers":[{one},{one}]}}\n'


def test_what_is_wrong_with_one_type_leaves_the_others(filled: Run) -> None:
    asked = ("query", "call_count", "status_distribution", "--group-by", "provider")
    found = filled(*asked, code=1)
    assert "422" not in found.stdout
    assert "400 Malformed request:\n  /group_by/0: " in found.stdout
    assert "12" in found.stdout
    assert "1 of 2 queries have no answer" in found.stderr


def test_a_measure_goes_with_the_types_that_take_one(filled: Run) -> None:
    asked = ("query", "call_count", "measure", "--measure", "duration", "--format", "json")
    found = json.loads(filled(*asked).stdout)["answers"]
    assert [answer["query_type"] for answer in found] == ["call_count", "measure"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("call_count", "top_outcomes", "--format", "csv"), "rows of one TYPE"),
        (("call_count", "top_outcomes", "--all"), "every page of one TYPE"),
        (("call_count", "--dashboard"), "give no TYPE"),
        (("--dashboard", "--body", "calls.csv"), "--body is sent as it is"),
    ],
)
def test_what_several_types_do_not_take(filled: Run, given: tuple[str, ...], said: str) -> None:
    assert said in filled("query", *given, code=2).stderr


def test_a_database_that_is_named_is_opened_whatever_the_environment_says_of_a_server(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("CALLISTICS_KEY", "of a server")
    Path("calls.csv").write_text("call_id,merchant_id,reseller_id,started_at\na,m,r,2025-01-01\n")
    there = ("--engine", "duckdb://new.db")
    assert "1 stored" in run("import", "calls.csv", *there).output
    shown = run("query", "call_count", *there, "--format", "json").stdout
    assert json.loads(shown)["data"] == [{"count": 1}]
    assert "not known" in run("query", "call_count", *there, "--key", "x", code=1).output


@pytest.mark.parametrize(
    "asked", [["call_count"], ["call_count", "call_duration"], ["call_count", "--all"]]
)
def test_a_slip_is_pointed_at_once(filled: Run, asked: list[str]) -> None:
    shown = filled("query", *asked, "--filter", "outcome=[BUSY,null]", "--payload", "city==x")
    notes = [line for line in shown.stderr.splitlines() if line.startswith("Note: --")]
    assert [note.split()[1] for note in notes] == ["--filter", "--payload"]

"""`callistics query`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import click

from callistics.catalog.measures import MEASURES
from callistics.cli.client import Client, Content
from callistics.cli.connect import Target, client_options, connect
from callistics.cli.filter_options import filter_options
from callistics.cli.output import NULL, columns_of, console, table_of, total_line
from callistics.cli.plot.drawing import answer_of, range_of
from callistics.cli.plot.files import check_plot, write_plot
from callistics.cli.query_batch import (
    ask_batch,
    batch_body,
    dashboard,
    error_of,
    fail_if_any,
    read_answers,
)
from callistics.cli.query_body import QueryOptions
from callistics.cli.query_export import EXPORT_FORMATS, ExportFormat, Place, export, export_options
from callistics.client.plot.drawing import Drawing, drawing
from callistics.model.comparison import Comparison
from callistics.model.json import encode
from callistics.queries import registry

Format = Literal["table", "json"] | ExportFormat
Envelope = dict[str, Any]

_LARGEST_PAGE = 10_000
_MEASURE_HELP = f"Of the type measure: {', '.join(MEASURES)} or payload.<key>."
_COMPARE_HELP = f"Beside another range: {' or '.join(Comparison)}; wants both ends."
_EPILOG = """\b
Examples:
  callistics query call_count
  callistics query calls_over_time --from 2025-01-01 --to 2025-01-31 --merchant mer_abc \\
      --template tpl_xyz789 --filter min_duration=10 --granularity day
  callistics query calls_over_time --date-range last_30_days --timezone Asia/Kolkata
  callistics query outcome_distribution --payload city=Delhi --payload 'age>=60'
  callistics query top_outcomes --date-range this_month --compare previous_period
  callistics query measure --measure cost --group-by merchant_id
  callistics query calls_over_time --group-by provider --format csv > calls.csv
  callistics query top_outcomes --group-by merchant_id --format parquet --output top.parquet
  callistics query call_count top_outcomes call_duration --date-range last_30_days
  callistics query --dashboard --merchant mer_abc --date-range this_month
  callistics query --dashboard --date-range last_30_days --plot calls.html
  callistics query --body query.json --format json
"""


@click.command("query", epilog=_EPILOG)
@click.argument("types", nargs=-1, metavar="[TYPE]...")
@filter_options
@click.option("--granularity", help="minute, hour, day, week, month, quarter or year.")
@click.option("--timezone", metavar="ZONE", help="Such as Europe/Lisbon.")
@click.option("--group-by", metavar="FIELD,...", help="Up to three fields.")
@click.option("--measure", metavar="NAME", help=_MEASURE_HELP)
@click.option("--compare", metavar="NAME", help=_COMPARE_HELP)
@click.option("--page", type=int, help="Which page of the rows, from 1.")
@click.option("--page-size", type=int, help="Rows of a page.")
@click.option("--all", "all_pages", is_flag=True, help="Every page.")
@click.option(
    "--dashboard", "whole", is_flag=True, help="Every type, but for those that need a measure."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", *EXPORT_FORMATS]),
    default="table",
    show_default=True,
    help="json is the exact answer; csv, ndjson, arrow and parquet have all rows.",
)
@export_options
@click.option(
    "--body",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Send this file as it is, - for standard input, instead of the options.",
)
@client_options
def command(
    target: Target,
    format_: Format,
    body: Path | None,
    all_pages: bool,
    types: tuple[str, ...],
    whole: bool,
    place: Place,
    **given: Any,
) -> None:
    """Run a query, or several at once, and print the answers.

    TYPE is one of the query types, such as call_count, call_duration, calls_over_time,
    outcome_distribution or conversion_funnel; without it, they are listed. Several see the same
    state of the records, with the same filters and options.
    """
    if whole and types:
        raise click.UsageError("--dashboard asks every type: give no TYPE with it")
    asked = dashboard() if whole else types
    options = QueryOptions(query_type=asked[0] if asked else None, **given)
    _check(options, body, all_pages)
    plot = place.plot
    if plot is not None:
        check_plot(plot, asked, format_)
    if format_ in EXPORT_FORMATS:
        _check_export(options, asked, format_)
        place.check(format_)
        with connect(target) as client:
            export(client, "/analytics", _sent(options, body), format_, place)
        return
    if place.is_of_all_rows:
        raise click.UsageError("--output and --keep-formulas need --format csv, ndjson, …")
    if len(asked) > 1:
        _check_several(all_pages)
        _run_several(target, options, asked, format_, plot)
        return
    with connect(target) as client:
        sent = _sent(options, body)
        answer = _ask_all(client, sent) if all_pages else ask(client, sent)
        if plot is not None:
            _plot(client, plot, [json.loads(sent)], [_read_answer(answer)])
            return
    _print(answer, options, format_)


def _check(options: QueryOptions, body: Path | None, all_pages: bool) -> None:
    if body is not None and (options != QueryOptions() or all_pages):
        raise click.UsageError("--body is sent as it is: give no TYPE, filter or page with it")
    if body is None and options.query_type is None:
        raise click.UsageError("give a TYPE: " + ", ".join(registry()))
    if all_pages and (options.page is not None or options.page_size is not None):
        raise click.UsageError("--all fetches every page: give no --page or --page-size with it")


def _check_several(all_pages: bool) -> None:
    if all_pages:
        raise click.UsageError("--all fetches every page of one TYPE")


def _check_export(options: QueryOptions, asked: Sequence[str], format_: str) -> None:
    if len(asked) > 1:
        raise click.UsageError(f"--format {format_} has the rows of one TYPE")
    if options.page is not None or options.page_size is not None:
        raise click.UsageError(f"--format {format_} has all rows: give no --page or --page-size")


def _run_several(
    target: Target,
    options: QueryOptions,
    types: Sequence[str],
    format_: Format,
    plot: Path | None,
) -> None:
    with connect(target) as client:
        body = batch_body(options, types)
        text = ask_batch(client, body)
        answers = read_answers(text)
        if plot is not None:
            _plot(client, plot, json.loads(body)["queries"], answers)
    if format_ == "json":
        click.echo(text)
    elif plot is None:
        for name, answer in zip(types, answers, strict=True):
            _print_under(name, answer, replace(options, query_type=name))
    fail_if_any(answers)


def _plot(
    client: Client, path: Path, bodies: Sequence[Envelope], answers: Sequence[Envelope]
) -> None:
    """The pictures of the answers that there are, in one file; why others are not there is said."""
    span = range_of(client, bodies[0])
    drawn: list[Drawing] = []
    for body, answer in zip(bodies, answers, strict=True):
        error = error_of(answer)
        if error is None:
            drawn.append(drawing(answer_of(body, answer, span)))
        else:
            click.echo(f"{body['query_type']}: {error.format_message()}", err=True)
    write_plot(path, drawn)


def _print_under(name: str, answer: Envelope, options: QueryOptions) -> None:
    """A heading, and below it the answer or why there is none."""
    click.echo(click.style(name, bold=True))
    error = error_of(answer)
    if error is None:
        _print_table(answer, options)
    else:
        click.echo(error.format_message())
    click.echo()


def _sent(options: QueryOptions, body: Path | None) -> bytes:
    """The body of the request: the file's if one is given."""
    if body is None:
        return json.dumps(options.body()).encode()
    return sys.stdin.buffer.read() if str(body) == "-" else body.read_bytes()


def ask(client: Client, body: bytes) -> str:
    """The answer's JSON text to a body of `POST /analytics`. Raises `ApiError`, `Failure`."""
    return client.request(
        "POST", "/analytics", expects="data", content=Content(body), repeatable=True
    ).text


def _ask_all(client: Client, sent: bytes) -> str:
    """The answer as if one page could hold all rows."""
    body = {**json.loads(sent), "page": 1, "page_size": _LARGEST_PAGE}
    answer = _read_answer(ask(client, json.dumps(body).encode()))
    rows: list[Any] = answer["data"]
    while len(rows) < answer["total"]:
        body["page"] += 1
        more = _read_answer(ask(client, json.dumps(body).encode()))
        if not more["data"]:
            break
        rows += more["data"]
    answer["page_size"] = max(len(rows), 1)
    return encode(answer).decode()


def _read_answer(text: str) -> Envelope:
    """An answer with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal)


def _print(text: str, options: QueryOptions, format_: Format) -> None:
    if format_ == "json":
        click.echo(text)
        return
    _print_table(_read_answer(text), options)


def _print_table(answer: Envelope, options: QueryOptions) -> None:
    rows: list[dict[str, object]] = answer["data"]
    columns = columns_of(rows, _documented_columns(answer, options))
    out = console()
    if rows:
        out.print(table_of(columns, rows, NULL if _is_unicode(out.encoding) else "-"))
    out.print(total_line(answer, len(rows)))


def _documented_columns(answer: Envelope, options: QueryOptions) -> list[str]:
    """What the columns of an answer without rows would be, as far as this version knows."""
    query = registry().get(str(answer.get("query_type")))
    if query is None:
        return []
    fields = [*query.columns, *(query.previous_columns if options.compare else [])]
    return [*options.groups, *(field.name for field in fields)]


def _is_unicode(encoding: str) -> bool:
    return encoding.lower().startswith("utf")

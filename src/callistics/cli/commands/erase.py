"""`callistics erase`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from callistics.cli.api_errors import ApiError
from callistics.cli.client import Client
from callistics.cli.connect import Target, client_options, connect
from callistics.cli.erased_ids import Named, named_in
from callistics.cli.importing.progress import progress_bar
from callistics.cli.root import Failure
from callistics.client.requests import record_path
from callistics.texts import counted

_EPILOG = """\b
Examples:
  callistics erase lead_81 --merchant mer_abc
  callistics erase --file ids.csv --dry-run
  callistics erase --calls call_2024-000017 --yes
"""
# Those that wait at the same time are erased in one commit.
_AT_A_TIME = 8
_SHOWN = 20
# A lead is shown with its live calls alone, and erased with all.
_UNCOUNTED = (
    "Note: a lead goes with all its calls; those that are pending or tests are not counted here."
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one: how many calls and leads, or why none."""

    named: Named
    calls: int = 0
    leads: int = 0
    error: ApiError | None = None


@click.command("erase", epilog=_EPILOG)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file with a column lead_id or call_id, and merchant_id if it says whose each is.",
)
@click.option("--calls", "of_calls", is_flag=True, help="The ids are of calls, not of leads.")
@click.option("--merchant", metavar="ID", help="Whose they are, where several have one of an id.")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@client_options
def command(
    target: Target,
    ids: tuple[str, ...],
    path: Path | None,
    of_calls: bool,
    merchant: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Erase leads with all their calls, or single calls, for good.

    Everything becomes as if they had never come, and for 30 days (erase_block_days) no record can
    bring them back. Where no server runs the database is put in order afterwards, so that nothing
    of them is left in its file; a server does so in the background.
    """
    kind = "calls" if of_calls else "leads"
    wanted = [Named(kind, one, merchant) for one in dict.fromkeys(ids)]
    if path is not None:
        wanted += named_in(path, kind, merchant)
    if not wanted:
        raise click.UsageError("name the ids, or a --file that has them")
    with connect(target) as client:
        if dry_run:
            found = _tell("would be erased", _each(client, wanted, _look, "Looking"))
            if found and any(one.kind == "leads" for one in wanted):
                click.echo(_UNCOUNTED, err=True)
            _check_found(found, path)
            return
        if not yes:
            click.confirm(f"Erase {_count(wanted)} for good?", abort=True, err=True)
        found = _tell("erased", _each(client, wanted, _erase, "Erasing"))
        _put_in_order(client)
    _check_found(found, path)


def _check_found(found: bool, path: Path | None) -> None:
    """Who types an id means one that there is; a file may be given again."""
    if not found and path is None:
        raise Failure("nothing of that id is known: it was mistyped, or erased before")


def _put_in_order(client: Client) -> None:
    if client.store is not None:
        console = Console(stderr=True, quiet=not sys.stderr.isatty())
        with console.status("Overwriting what is left of them"):
            while client.store.maintain():
                pass


def _count(wanted: Sequence[Named]) -> str:
    numbers = {kind: sum(one.kind == kind for one in wanted) for kind in ("leads", "calls")}
    return " and ".join(counted(number, kind[:-1]) for kind, number in numbers.items() if number)


def _each(
    client: Client, wanted: Sequence[Named], work: Callable[[Client, Named], _Outcome], what: str
) -> Iterator[_Outcome]:
    """What becomes of each, several at a time; a refusal other than of one of them is raised."""
    with progress_bar() as bar, ThreadPoolExecutor(_AT_A_TIME) as pool:
        task = bar.add_task(what, total=len(wanted))
        for outcome in pool.map(partial(_tried, client, work), wanted):
            bar.advance(task)
            yield outcome


def _tried(client: Client, work: Callable[[Client, Named], _Outcome], named: Named) -> _Outcome:
    try:
        return work(client, named)
    except ApiError as error:
        if error.status in (404, 422) or (error.status == 403 and error.errors):
            return _Outcome(named, error=error)
        raise


def _erase(client: Client, named: Named) -> _Outcome:
    erased = client.request("DELETE", _path(named), expects="calls", params=_params(named)).json()
    return _Outcome(named, erased["calls"], erased["leads"])


def _look(client: Client, named: Named) -> _Outcome:
    found = client.request(
        "GET", _path(named), expects="merchant_id", params=_params(named), repeatable=True
    ).json()
    return _Outcome(named, *((1, 0) if named.kind == "calls" else (len(found["calls"]), 1)))


def _path(named: Named) -> str:
    return record_path(named.kind, named.identity)


def _params(named: Named) -> dict[str, str]:
    return {} if named.merchant_id is None else {"merchant_id": named.merchant_id}


def _tell(done: str, outcomes: Iterator[_Outcome]) -> bool:
    """Tell what became of all, and name those that could not be erased; whether any was found.

    Ends with 1 for those that could not be.
    """
    calls = leads = missing = number = 0
    wrong: list[_Outcome] = []
    for number, one in enumerate(outcomes, 1):  # noqa: B007
        calls, leads = calls + one.calls, leads + one.leads
        if one.error is not None and one.error.status == 404:
            missing += 1
        elif one.error is not None:
            wrong.append(one)
    for one in wrong[:_SHOWN]:
        click.echo(f"{one.named.identity}: {one.error}", err=True)
    if len(wrong) > _SHOWN:
        click.echo(f"… and {len(wrong) - _SHOWN:,} more", err=True)
    click.echo(
        f"{counted(leads, 'lead')} and {counted(calls, 'call')} {done}, {missing:,} not found"
    )
    if wrong:
        raise SystemExit(1)
    return missing < number

"""`callistics generate`."""

from pathlib import Path

import click

from callistics.cli.importing.progress import progress_bar
from callistics.cli.root import Failure
from callistics.texts import counted

_EPILOG = """\b
Examples:
  callistics generate --calls 100000 --seed 1 --out calls.ndjson.zst
  callistics generate --calls 1000000 --out calls.parquet
"""


@click.command("generate", epilog=_EPILOG)
@click.option("--calls", type=click.IntRange(min=0), required=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same calls.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Ends in .ndjson, .ndjson.gz, .ndjson.zst or .parquet.",
)
@click.option(
    "--detailed", is_flag=True, help="With agent, language, end reason, time of answer and cost."
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def command(calls: int, seed: int, out: Path, detailed: bool, force: bool) -> None:
    """Write made-up calls of two years to a file, to try things with.

    Some are scored late, as an update of their own; in Parquet that is merged into the call.
    """
    # Loaded here: the Parquet writer brings the engine along.
    from callistics.synthetic import write_ndjson, write_parquet  # noqa: PLC0415
    from callistics.synthetic.ndjson import SUFFIXES  # noqa: PLC0415

    suffixes = (*SUFFIXES, ".parquet")
    if not out.name.endswith(suffixes):
        raise Failure(f"{out}: the file name must end in one of: {', '.join(suffixes)}")
    if out.exists() and not force:
        raise Failure(f"{out} is there already; --force overwrites it")
    write = write_parquet if out.suffix == ".parquet" else write_ndjson
    with progress_bar() as bar:
        task = bar.add_task(out.name, total=calls)
        try:
            write(
                out,
                calls,
                seed,
                progress=lambda done: bar.update(task, completed=done),
                detailed=detailed,
            )
        except ValueError as error:
            raise Failure(f"{out}: {error}") from error
    click.echo(f"{out}: {counted(calls, 'call')}, {counted(out.stat().st_size, 'byte')}")

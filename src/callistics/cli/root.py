"""The top of the command line: its commands, loaded when used, and how errors look."""

import gettext
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any, NamedTuple

import click

from callistics import __version__
from callistics.errors import CallisticsError, not_installed
from callistics.runtime import signals_heard


class Failure(click.ClickException):
    """An error that ends the command: shown as a sentence on stderr, exit code 1."""


class Stopped(click.ClickException):
    """Ctrl-C: no error, but not done either. The exit code is the one shells give it."""

    exit_code = 128 + signal.SIGINT

    def __init__(self) -> None:
        super().__init__("Stopped.")

    def show(self, file: IO[Any] | None = None) -> None:
        """Say so on a line of its own, after the `^C` that the terminal shows."""
        click.echo(f"\n{self.message}", file=file or sys.stderr)


class Terminated(Stopped):
    """SIGTERM: the same, with an exit code of its own."""

    exit_code = 128 + signal.SIGTERM


_ENDS = {signal.SIGINT: Stopped, signal.SIGTERM: Terminated}


@contextmanager
def _stoppable() -> Generator[None]:
    """Have Ctrl-C and SIGTERM end what is under way so that it lets go of what it holds.

    Whatever is raised then becomes `Stopped`: the embedded engine, in the midst of a statement,
    drops what the signal raised and has an error of its own. Only the main thread hears signals,
    and a server listens for them in its own way.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def stop(number: int, _: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    with signals_heard(_ENDS, stop):
        try:
            yield
        except (Exception, KeyboardInterrupt):
            if came:
                raise _ENDS[signal.Signals(came[0])] from None
            raise


def ends_at_once() -> AbstractContextManager[None]:
    """Have Ctrl-C and SIGTERM end the process then and there, with the same words and exit code.

    For what waits in threads that nothing wakes and holds nothing that it has to let go of: an
    exception amid the event loop is a fault wherever it happens to be raised.
    """

    def stop(number: int, _: object) -> None:
        ended = _ENDS[signal.Signals(number)]()
        ended.show()
        os._exit(ended.exit_code)

    return signals_heard(_ENDS, stop)


class Lazy(NamedTuple):
    """A command: the module of `callistics.cli.commands` that has it, and its one line of help."""

    module: str
    help: str


COMMANDS: Mapping[str, Lazy] = {
    "demo": Lazy(
        "demo", "Try it: made-up calls, a query and its answer, and a server until Ctrl-C."
    ),
    "serve": Lazy("serve", "Run the server until it is stopped."),
    "import": Lazy("import_", "Load calls or leads from NDJSON, CSV, Excel or Parquet files."),
    "sync": Lazy("sync", "Bring over what is new in a table of PostgreSQL."),
    "query": Lazy("query", "Run a query and print the answer."),
    "calls": Lazy("calls", "Show the calls behind a figure, or one of them."),
    "leads": Lazy("leads", "Show a lead with its calls and its history."),
    "erase": Lazy("erase", "Erase leads with all their calls, or single calls, for good."),
    "types": Lazy("types", "List the query types, or the fields of one."),
    "values": Lazy("values", "List the values of a field, those of most calls first."),
    "payload-keys": Lazy("payload_keys", "List the keys that payloads have."),
    "mcp": Lazy(
        "mcp", "Let AI assistants query a running server, over the Model Context Protocol."
    ),
    "keys": Lazy("keys", "Create, list, rotate and revoke access keys."),
    "audit": Lazy("audit", "Look at the audit log, and check that nobody changed it."),
    "webhook": Lazy("webhook", "Take what platforms send: endpoints, dead letters, a trial."),
    "alerts": Lazy("alerts", "Be told when a figure is not as it should be."),
    "embed-token": Lazy("embed_token", "Sign tokens for embedding, or refuse them all."),
    "generate": Lazy("generate", "Write made-up calls to a file."),
    "settings": Lazy("settings", "List every setting of the server."),
    "backup": Lazy("backup", "Back up all that is stored, while records keep coming."),
    "restore": Lazy("restore", "Make a database anew, out of a backup."),
    "export": Lazy("export", "Write all records into files that can be imported anywhere."),
    "optimize": Lazy(
        "optimize", "Put the database in order now, as a server does in the background."
    ),
    "rebuild": Lazy("rebuild", "Recompute everything that is derived from the records."),
    "health": Lazy("health", "Ask a server whether it takes requests."),
    "doctor": Lazy("doctor", "Name the engine, its version, and what is wrong with it."),
}


class LazyGroup(click.Group):
    """Loads a command's module when the command is used, so that others start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order that the help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; every module has it as `command`."""
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        module = importlib.import_module(f"callistics.cli.commands.{lazy.module}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without loading any."""
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(name, lazy.help) for name, lazy in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; whatever goes wrong becomes a sentence."""
        try:
            with _stoppable():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            raise Stopped from None
        except CallisticsError as error:
            raise Failure(str(error)) from error
        except BrokenPipeError:
            raise
        except ModuleNotFoundError as error:
            raise Failure(not_installed(error)) from error
        except OSError as error:
            raise Failure(_os_error(error)) from error
        except Exception as error:
            raise Failure(_unexpected(error, debug=bool(ctx.params.get("debug")))) from error


def _os_error(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else reason


def _unexpected(error: Exception, *, debug: bool) -> str:
    if debug:
        return "".join(traceback.format_exception(error))
    text = f"{type(error).__name__}: {error}"
    return f"unexpected, please report it with the output of `callistics --debug ...`: {text}"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: callistics demo",
)
@click.version_option(__version__, prog_name="callistics")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def main(debug: bool) -> None:
    """Analytics for outbound calling and voice-AI platforms, on your own machine."""

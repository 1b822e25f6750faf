"""The ``assent`` command: a table of commands, and the one place where errors become exit codes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final

import click
from typing_extensions import override

from assent.cli.exits import MEANING, OF_ERROR, Exit, Stop
from assent.errors import AssentError

COMMANDS: Final[Mapping[str, str]] = {
    "demo": "Serve sample workflows with tasks already waiting.",
    "serve": "Serve an app: its workflows, its HTTP API and its inbox.",
    "worker": "Advance the runs of an app, and serve nothing.",
    "start": "Start a run of a workflow.",
    "runs": "List, show, watch, cancel, retry, pause and resume runs; show queues.",
    "inbox": "List the tasks that wait for people.",
    "task": "Show a task with everything there is to know about it.",
    "approve": "Approve a task.",
    "reject": "Reject a task.",
    "edit": "Approve a task with a corrected value.",
    "answer": "Answer a question, fill a form or choose.",
    "claim": "Take a task on, so that others leave it alone.",
    "release": "Give a claimed task back.",
    "delegate": "Let somebody answer a task for you.",
    "reassign": "Ask others instead.",
    "comment": "Write something about a task.",
    "ask-back": "Ask whoever asked; the deadline stands still until there is a reply.",
    "reply": "Answer what was asked back; the deadline runs on.",
    "reopen": "Take your decision back, before the run goes on with it.",
    "people": "Say who people are: groups, roles, managers, and who stands in.",
    "notify": "Signal to the runs that wait for an event.",
    "notifications": "List what could not be told to people elsewhere, and resend it.",
    "keys": "Make, list and revoke API keys.",
    "login-link": "Print a link that logs somebody into the inbox once.",
    "audit": "Export, verify and erase the record of what happened.",
    "doctor": "Check this machine, the database and the server.",
    "migrate": "Make the database, or bring it up to date.",
    "check": "Say which unfinished runs this code would park, and why; nothing is begun and nothing written.",
    "prune": "Take away runs that ended longer ago than this, with all that was recorded of them.",
}

# where a command's module has another name
MODULES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("task", "approve", "reject", "edit", "answer", "claim", "release"), "answers"),
    **dict.fromkeys(("delegate", "reassign", "comment", "ask-back", "reply", "reopen"), "handing"),
}


class Commands(click.Group):
    """Loads a command when it is called, so that the others cost nothing."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"assent.cli.commands.{MODULES.get(cmd_name, name)}")
        command: click.Command = getattr(module, name)
        return command

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.7)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    @override
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), text) for code, text in MEANING.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("assent"), prog_name="assent")
def assent() -> None:
    """Durable Python workflows that wait for people.

    Commands talk to the server that holds the database file, to the one named by --server, or open
    the file themselves where no server runs. A PostgreSQL database they open as any process does.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")  # a pipe may know fewer letters than people have
    try:
        code = assent.main(given, standalone_mode=False) or Exit.DONE
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as error:
        code = _tell_usage(error, as_json="--json" in given)
    except (click.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has gone; nothing more may be flushed into the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    except Exception as error:  # noqa: BLE001  # the last place that can say it kindly
        code = _tell(error, as_json="--json" in given)
    sys.exit(int(code))


def _tell_usage(error: click.ClickException, *, as_json: bool) -> Exit:
    if as_json:
        document = {"code": "usage", "message": error.format_message()}
        click.echo(json.dumps({"error": document}, ensure_ascii=False), err=True)
    else:
        error.show()
    return Exit.USAGE


def _tell(error: Exception, *, as_json: bool) -> Exit:
    """Print an error: for people, or as JSON where the command was asked for JSON."""
    if os.environ.get("ASSENT_DEBUG"):
        raise error
    told = _as_stop(error)
    if as_json:
        document: dict[str, Any] = {"code": told.code, "message": told.message}
        if isinstance(told.more, dict):
            document |= {"errors": told.more["errors"]} if told.more.get("errors") else {}
        click.echo(json.dumps({"error": document}, ensure_ascii=False), err=True)
    else:
        click.echo(f"assent: {told.message}", err=True)
    return told.exit


def _as_stop(error: Exception) -> Stop:
    match error:
        case Stop():
            return error
        case AssentError():
            exit = OF_ERROR.get(error.code, Exit.REFUSED)
            return Stop(str(error), exit=exit, code=error.code)
        case OSError():
            return Stop(str(error), exit=Exit.UNREACHABLE, code="system")
        case _:
            kind = type(error).__name__
            return Stop(
                f"Something unforeseen happened: {kind}: {error}. "
                "ASSENT_DEBUG=1 shows where; please report it.",
                exit=Exit.REFUSED,
                code="unforeseen",
            )

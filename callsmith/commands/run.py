"""``python -m callsmith run SETUP``: one turn from a setup file, without a browser (docs/setup-file.md)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from callsmith.connections import ALL_WIRES

if TYPE_CHECKING:
    from callsmith.commands.run_print import Transcript
    from callsmith.commands.run_turn import Sitting
    from callsmith.loop.run import Run
    from callsmith.loop.types import Ended, RunSnapshot
    from callsmith.setup_file_types import SetupFile

STARTER = "starter:"
_MOST_BYTES = 20_000_000
_LOOK_EVERY = 0.2
_TO_STOP = 5.0


class _Run(click.Command):
    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Exit code 2 means a limit here, so a wrong command line is an error like any other."""
        try:
            return super().make_context(*arguments, **extra)
        except click.UsageError as error:
            error.show()
            raise click.exceptions.Exit(1) from error


@click.command(cls=_Run)
@click.argument("setup")
@click.option("--prompt", default="", metavar="TEXT", help="The first message, instead of the file's.")
@click.option("--connection", default="", metavar="NAME", help="The connection to ask, instead of the file's.")
@click.option("--model", default="", metavar="ID", help="The model to ask, instead of the file's.")
@click.option("--wire", default=None, type=click.Choice(ALL_WIRES), help="The wire format.")
@click.option("--max-steps", default=0, type=click.IntRange(0), metavar="N", help="Most exchanges; 0: as in the file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end instead of the transcript.")
def run(setup: str, prompt: str, connection: str, model: str, wire: str | None, max_steps: int, as_json: bool) -> None:
    """Run one turn: say the prompt, answer the calls as the setup says, until the model stops.

    SETUP is a setup file, - for standard input, or starter:NAME (weather, booking, order, search). Exit code 0: the
    model has answered; 2: a limit was reached; 3: a call waits for a person; 1: an error.
    """
    from callsmith.commands.run_turn import CannotRun, Sitting, Wanted

    wanted = Wanted(prompt, connection, model, wire or "", max_steps)
    try:
        with Sitting(_file(setup), wanted) as sitting:
            code = _sit(sitting, as_json)
    except CannotRun as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("Stopped.")
    sys.exit(code)


def _sit(sitting: Sitting, as_json: bool) -> int:
    from callsmith.commands import run_facts
    from callsmith.commands.run_print import Transcript

    transcript = None if as_json else Transcript(sitting, _print)
    going = sitting.begin()
    snapshot = _followed(going, transcript)
    if transcript is not None:
        transcript.end(snapshot)
    else:
        _print(sitting.secrets(json.dumps(run_facts.document(sitting, snapshot))))
    ended = snapshot.ended
    if ended is not None and ended.reason in ("failed", "stopped"):
        _warn(sitting.secrets(_told(sitting, ended)))
    return run_facts.OUTCOMES[ended.reason][1] if ended is not None else 1


def _followed(going: Run, transcript: Transcript | None) -> RunSnapshot:
    """Until the run has ended, or a person ends it with Ctrl+C: then what came is kept and told."""
    try:
        if transcript is not None:
            transcript.begin()
        while True:
            snapshot = going.snapshot()
            if transcript is not None:
                transcript.follow()
            if snapshot.ended is not None:
                return snapshot
            going.wait_change(snapshot.version, _LOOK_EVERY)
    except KeyboardInterrupt:
        going.stop()
        going.wait_end(_TO_STOP)
        if transcript is not None:
            transcript.follow()
        return going.snapshot()


def _told(sitting: Sitting, ended: Ended) -> str:
    """What went wrong with the last exchange, and what to do about it."""
    from callsmith.advice import Context, advise
    from callsmith.commands import run_facts

    last = next((info for info in reversed(run_facts.exchanges(sitting)) if not info.plays), None)
    if ended.reason != "failed" or last is None or last.problem is None:
        return ended.words
    advice = advise(last.problem, Context.of(sitting.target))
    return "\n".join([f"{advice.title}: {ended.words}", *advice.steps[:1]])


def _file(setup: str) -> SetupFile:
    """Raises ``CannotRun``."""
    from callsmith.commands.run_turn import CannotRun
    from callsmith.setup_file import SetupFileProblem, read
    from callsmith.starters import STARTERS, setup_of

    if setup.startswith(STARTER):
        wanted = setup.removeprefix(STARTER)
        starter = next((one for one in STARTERS if one.id == wanted), None)
        if starter is None:
            raise CannotRun(f"There is no starter {wanted}; there are {', '.join(one.id for one in STARTERS)}.")
        return setup_of(starter)
    shown = "Standard input" if setup == "-" else setup
    try:
        data = _bytes(setup)
    except (OSError, ValueError) as error:
        raise CannotRun(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > _MOST_BYTES:
        raise CannotRun(f"{shown} has more than {_MOST_BYTES // 1_000_000} MB; no setup file is as large as that.")
    try:
        return read(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CannotRun(f"{shown} is not UTF-8 text: byte {error.start + 1} cannot be read.") from error
    except SetupFileProblem as problem:
        listed = "".join(f"\n  {mistake}" for mistake in problem.mistakes)
        raise CannotRun(f"{shown} cannot be used:{listed}") from problem


def _bytes(setup: str) -> bytes:
    if setup == "-":
        return sys.stdin.buffer.read(_MOST_BYTES + 1)
    with Path(setup).open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _print(line: str) -> None:
    click.echo(_encodable(line, sys.stdout.encoding))


def _warn(message: str) -> None:
    from callsmith.commands.run_print import harmless

    click.echo(_encodable(f"Error: {harmless(message)}", sys.stderr.encoding), err=True)


def _fail(message: str) -> NoReturn:
    _warn(message)
    sys.exit(1)


def _encodable(text: str, encoding: str | None) -> str:
    """A terminal that knows no umlaut shows its number."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)

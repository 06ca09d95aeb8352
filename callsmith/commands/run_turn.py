"""One turn without a page: everything it needs, on a database of its own that is gone afterwards."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from callsmith import connections as known
from callsmith import settings, setup_file
from callsmith.conversation import say
from callsmith.demo import DemoTransport
from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer
from callsmith.execute.occasion import Reach
from callsmith.execute.players import Players
from callsmith.formats import proposed
from callsmith.jobs import Jobs
from callsmith.loop.loop import Loop
from callsmith.loop.run import Machinery, Run
from callsmith.loop.types import Plan, ToolPlan
from callsmith.play import Ask, CannotAsk, Play, added
from callsmith.prices import Pricer
from callsmith.prices_own import OwnPrices
from callsmith.redaction import RedactingFilter
from callsmith.setup_file_types import SetupFile
from callsmith.store import Store, StoreError
from callsmith.store.peek import kept_connections
from callsmith.transport import Transport
from callsmith.types.connection import Connection, Target
from callsmith.types.setup import Setup

DEMO_MODEL = "demo-agent"


class CannotRun(Exception):
    """The turn cannot be set going; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says instead of the file. Empty, or 0 steps: as in the file."""

    prompt: str = ""
    connection: str = ""
    model: str = ""
    wire: str = ""
    steps: int = 0


class Sitting:
    """A turn and its surroundings. ``secrets`` takes every secret that was used out of a text."""

    def __init__(self, file: SetupFile, wanted: Wanted) -> None:
        self.file = file
        self.prompt = wanted.prompt or file.prompt
        if not self.prompt.strip():
            raise CannotRun("There is nothing to say: the file has no prompt. Give one with --prompt TEXT.")
        self.connections = _connections(file, wanted)
        self.target = _target(file, wanted, self.connections)
        self.limits = replace(file.loop, steps=wanted.steps) if wanted.steps else file.loop
        self._tools = _tools(file, self.connections)
        self._left = ExitStack()
        self._logs = RedactingFilter()

    def __enter__(self) -> Self:
        folder = self._left.enter_context(tempfile.TemporaryDirectory(prefix="callsmith-run-"))
        self.store = Store(f"sqlite:///{Path(folder) / 'run.db'}")
        self._left.callback(self.store.close)
        # What fails ends the run, which says so in words.
        quiet = logging.getLogger("callsmith")
        self._left.callback(quiet.setLevel, quiet.level)
        quiet.setLevel(logging.CRITICAL + 1)
        transport = Transport(mounts={known.DEMO.base_url.removesuffix("/v1"): DemoTransport()})
        self._left.callback(transport.close)
        if (printed := logging.lastResort) is not None:
            printed.addFilter(self._logs)
            self._left.callback(printed.removeFilter, self._logs)
        self._play = Play(self.store, Jobs(), transport, settings.secret, self._logs)
        self.price = Pricer(OwnPrices)
        self.conversation_id = self.store.create(Setup(budget=self.file.budget), self.file.name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.close()

    def secrets(self, text: str) -> str:
        return self._logs.redactor.text(text)

    def begin(self) -> Run:
        """Say the prompt, and let the turn go on by itself. Raises ``CannotRun``."""
        key = _key(self.target.connection)
        tools = [tool.tool for tool in self.file.tools if tool.on]
        ask = Ask(self.target, self.file.system, tools, self.file.options, self.file.variables)
        plan = Plan(ask, key, self._reach(), self._tools, self.limits)
        before = self.store.load(self.conversation_id)
        if before is None:
            raise CannotRun("The conversation of this run is gone")
        after = say(before, self.prompt)
        try:
            job = self._play.ask(after, ask, key, added(before.nodes, after))
        except CannotAsk as error:
            raise CannotRun(str(error)) from error
        return Loop(Machinery(self.store, self._play, answer, self.price)).begin(self.conversation_id, job, plan)

    def _reach(self) -> Reach:
        players = Players(self._play, lambda: self.connections, _key_of, _default_model)
        return Reach(
            secret=settings.secret,
            policy=lambda: Policy(private=settings.allows("private_addresses")),
            stdio=lambda: settings.allows("stdio"),
            players=players,
            learn=self._logs.learn,
        )


def _connections(file: SetupFile, wanted: Wanted) -> list[Connection]:
    """The default one first. The user's own are looked up only where one of them is named."""
    default = settings.load().default_connection
    here = [*([default] if default else []), known.DEMO]
    players = [tool.answering.model.connection_id for tool in file.tools if tool.answering.model is not None]
    named = [name for name in (wanted.connection or file.connection, *players) if name]
    if all(setup_file.found(name, here) for name in named):
        return here
    try:
        return [*here, *kept_connections(settings.load().database_url)]
    except StoreError as error:
        raise CannotRun(str(error)) from error


def _target(file: SetupFile, wanted: Wanted, connections: Sequence[Connection]) -> Target:
    name = wanted.connection or file.connection
    connection = setup_file.found(name, connections) if name else connections[0]
    if connection is None:
        if name == known.ENVIRONMENT_ID:
            raise CannotRun("The environment names no connection: set CALLSMITH_BASE_URL, or choose --connection demo.")
        names = ", ".join(one.name for one in connections)
        raise CannotRun(f"There is no connection of the name {name}; there are: {names}. Choose one with --connection.")
    same = not wanted.connection or setup_file.found(file.connection, [connection]) is not None
    model = wanted.model or (file.model if same else "") or _default_model(connection) or file.model
    if not model:
        raise CannotRun(f"It is not said which model of {connection.name} is asked. Give one with --model ID.")
    if wanted.wire and wanted.wire not in connection.wires:
        raise CannotRun(f"{connection.name} is said to speak {', '.join(connection.wires)}, not {wanted.wire}.")
    wire = wanted.wire or (file.wire if file.wire in connection.wires else "")
    return Target(connection, wire or proposed(connection, model), model)


def _tools(file: SetupFile, connections: Sequence[Connection]) -> dict[str, ToolPlan]:
    """Who answers, by name. There is nobody to ask, so every way but by hand answers without asking."""
    on = [tool for tool in file.tools if tool.on]
    twice = [name for name, times in Counter(tool.name for tool in on).items() if times > 1]
    if twice:
        raise CannotRun(f"Two tools that are on have the name {twice[0]}; rename one or switch it off.")
    plans = {}
    for tool in on:
        answering, missing = setup_file.with_ids(tool.answering, connections)
        if missing and answering.by == "model":
            raise CannotRun(f"{tool.name} is played through a connection of the name {missing}, which is not here.")
        plans[tool.name] = ToolPlan(tool.tool, replace(answering, auto=answering.by != "hand"))
    return plans


def _key(connection: Connection) -> str | None:
    key, source = _key_of(connection), connection.key
    if key is None and source.source == "environment":
        raise CannotRun(f"{connection.name} needs a key: set {source.name} in the environment, .env or secrets.toml.")
    if source.source == "session":
        raise CannotRun(
            f"The key of {connection.name} is typed in the browser and kept nowhere. Let its key come from the "
            "environment (Connections page), or choose another with --connection."
        )
    return key


def _key_of(connection: Connection) -> str | None:
    return settings.secret(connection.key.name) if connection.key.source == "environment" else None


def _default_model(connection: Connection) -> str:
    if connection.id == known.ENVIRONMENT_ID:
        return settings.load().default_model
    return DEMO_MODEL if connection.id == known.DEMO.id else ""

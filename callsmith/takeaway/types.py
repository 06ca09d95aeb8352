"""What code to take along is made from, and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from callsmith.types.connection import Target as Asked
from callsmith.types.options import Options
from callsmith.types.tool import Tool

Language = Literal["bash", "python", "javascript"]


class Asks(Protocol):
    """Everything one exchange asks with: ``callsmith.play.Ask`` is one."""

    @property
    def target(self) -> Asked: ...
    @property
    def system(self) -> str: ...
    @property
    def tools(self) -> Sequence[Tool]: ...
    @property
    def options(self) -> Options: ...
    @property
    def variables(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Target:
    """What the turn can be written in. ``packages`` are what has to be installed."""

    id: str
    label: str
    language: Language
    wires: tuple[str, ...]
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """``install`` and ``run`` are shell commands; ``install`` is empty where nothing is needed. ``notes`` are
    sentences on what to set, what to fill in, and what the code does otherwise than the app."""

    text: str
    language: Language
    filename: str
    install: str
    run: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A text that is put together when the code runs: texts, and names in ``Name``."""

    pieces: tuple[str | Name, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """An environment variable, or an argument of the function it stands in."""

    name: str
    kind: Literal["variable", "argument"] = "variable"


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    required: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One test of one argument. ``value`` is what it is compared with; for ``range`` both ends, None for open."""

    test: Literal["equals", "contains", "range", "regex", "present"]
    argument: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Case:
    """What a stub returns, or raises, where all ``checks`` hold."""

    checks: tuple[Check, ...]
    value: Any
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Stub:
    """One tool as a function. ``params`` None: its arguments cannot stand in a signature, so it takes them as they
    are. ``todo`` says what is to be filled in, empty where the results are known."""

    tool: str
    description: str
    params: tuple[Param, ...] | None
    cases: tuple[Case, ...]
    otherwise: Case
    todo: str = ""

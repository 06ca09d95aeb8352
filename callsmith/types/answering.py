"""Who answers a tool's calls: one setting for each tool, kept with it and never sent.

Every way keeps its own settings, so that changing the way loses nothing. A secret is written ``{{NAME}}`` wherever
one may stand, never as its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callsmith.types.connection import Target, WireName
from callsmith.types.parts import NO_EXTRA, Made, Media
from callsmith.types.tool import HttpCall
from callsmith.types.usage import Usage

By = Literal["hand", "rules", "schema", "fault", "http", "mcp", "model"]
Test = Literal["equals", "contains", "range", "regex", "present", "nth"]
FaultKind = Literal["error", "timeout", "empty", "null", "truncated", "wrong_type", "huge", "language", "injection"]


@dataclass(frozen=True, slots=True)
class Mock:
    """A result saved under a name, to pick by hand."""

    name: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of the arguments. ``at`` is a JSON path (``$.city``), empty for all of them.

    ``equals`` compares with ``value`` as JSON; ``contains`` wants a text in a text, an entry in a list or a key in an
    object; ``range`` wants a number from ``low`` to ``high``, both included, None for open; ``regex`` finds the
    pattern ``value`` anywhere in a text; ``present`` wants the path to be there; ``nth`` wants this to be call number
    ``value`` of the tool in the conversation, from 1.
    """

    test: Test
    at: str = ""
    value: Any = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """``content`` may quote arguments (``{{city}}``). ``delay`` is in seconds."""

    content: str = ""
    is_error: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """The reply where all conditions hold; without conditions it is the rule for everything else."""

    reply: Reply = Reply()
    when: tuple[Condition, ...] = ()
    name: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of the output schema. ``edges``: at its limits (shortest, most, without optional parts)."""

    seed: int = 0
    edges: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """``text`` is the error's own words, where the fault has any; ``seconds`` is how long a timeout lasts."""

    fault: FaultKind = "error"
    text: str = ""
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Http:
    """``result_at``: the JSON path of the part of the response that is the result, empty for all of it.
    ``seconds`` bounds the whole request, ``max_bytes`` the response."""

    call: HttpCall
    seconds: float = 20.0
    max_bytes: int = 256_000
    result_at: str = ""


@dataclass(frozen=True, slots=True)
class Mcp:
    """A tool of a live server, by ``url`` (streamable HTTP) or ``command`` line (stdio). ``name`` is the tool's name
    there, empty for the same. ``headers`` go to an ``url``."""

    url: str = ""
    command: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NO_EXTRA)
    name: str = ""
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Player:
    """A model that plays the tool. Empty ``connection_id``, ``model`` or ``wire``: the default one."""

    connection_id: str = ""
    model: str = ""
    wire: WireName = ""
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """``by`` is the way in use; ``auto``: its calls are answered without asking. By hand is never automatic."""

    by: By = "hand"
    auto: bool = False
    mocks: tuple[Mock, ...] = ()
    rules: tuple[Rule, ...] = ()
    samples: Samples = Samples()
    fault: Fault = Fault()
    http: Http | None = None
    mcp: Mcp | None = None
    model: Player | None = None

    @property
    def runs_alone(self) -> bool:
        return self.auto and self.by != "hand"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call. ``notes`` are sentences for the person, never sent. ``usage`` and ``target``: of the
    exchange in which a model played the tool."""

    content: str
    made: Made
    is_error: bool = False
    media: tuple[Media, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage | None = None
    target: Target | None = None

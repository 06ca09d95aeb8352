"""The ways in which one waiting call can be answered: the tool's own, and the others that are set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from callsmith.answering.rules import Matched, match
from callsmith.conversation import Conversation, answerable
from callsmith.mcp_way import program
from callsmith.results import Draft
from callsmith.slots import Slot
from callsmith.types.answering import Answering, By, FaultKind, Mcp, Player
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool
from components import services
from components.answers.words import missing
from components.chat import session

FAULTS: Mapping[FaultKind, str] = {
    "error": "an error",
    "timeout": "timeout",
    "empty": "an empty result",
    "null": "null",
    "truncated": "truncated JSON",
    "wrong_type": "a wrong type",
    "huge": "100 KB of text",
    "language": "another language",
    "injection": "an injected instruction",
}


@dataclass(frozen=True, slots=True)
class Way:
    """``label`` is plain text. ``missing`` says what must be set up before it can answer; empty when it can."""

    by: By
    label: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers one waiting call. ``tool_id`` is empty for a call of no tool of the conversation. ``number`` counts
    the tool's calls in the conversation, from 1. ``restart``: its server ended
    and can be started again."""

    call: ToolCall
    tool_id: str = ""
    tool: Tool | None = None
    answering: Answering = field(default_factory=Answering)
    number: int = 1
    restart: bool = False

    def by(self, draft: Draft) -> By:
        return draft.by or self.answering.by

    def way(self, draft: Draft) -> Way:
        here = way(self.by(draft), self.tool, self.answering)
        if here.by == "rules" and not here.missing and self.rule is None:
            return replace(here, missing="No rule fits this call: add one, or answer it by hand.")
        return here

    @property
    def rule(self) -> Matched | None:
        """The rule that answers this call, by its rules."""
        return match(self.answering.rules, self.call, self.number)

    def can_run(self, draft: Draft) -> bool:
        """Whether it is answered without a person's text, and everything for that is set up."""
        here = self.way(draft)
        return bool(self.tool_id) and here.by != "hand" and not here.missing


def answerers(conversation: Conversation, slots: Sequence[Slot]) -> dict[str, Answerer]:
    """By slot key."""
    if not slots:
        return {}
    setup = session.current().setup
    answering, tools = session.answering_of(setup), session.tools_of(setup)
    run = services.loop().get(conversation.id)
    ended = {call.slot for call in run.snapshot().calls if call.restart} if run is not None else set()
    found = {}
    for slot in slots:
        tool_id, kept = answering.get(slot.call.name, ("", Answering()))
        number = call_number(conversation, slot)
        found[slot.key] = Answerer(slot.call, tool_id, tools.get(tool_id), kept, number, slot.key in ended)
    return found


_BYS: tuple[By, ...] = ("hand", "rules", "schema", "fault", "http", "mcp", "model")


def ways(answerer: Answerer, draft: Draft) -> list[Way]:
    """The tool's own first, then those that are set up; also one that was chosen and is no longer set up."""
    answering = answerer.answering
    asked = (answering.by, draft.by)
    # A model that nobody chose would answer too, the default one: it is offered once somebody did.
    others = [by for by in _BYS if by != answering.by and (by != "model" or answering.model is not None)]
    found = [way(by, answerer.tool, answering) for by in (answering.by, *others)]
    return [one for one in found if not one.missing or one.by in asked]


def way(by: By, tool: Tool | None, answering: Answering) -> Way:
    return Way(by, _label(by, answering), missing(tool or Tool(""), answering, by))


def _label(by: By, answering: Answering) -> str:
    match by:
        case "hand":
            return "By hand"
        case "rules":
            return "By its rules"
        case "schema":
            return "From the output schema"
        case "fault":
            return f"A fault: {FAULTS[answering.fault.fault]}"
        case "http":
            return f"HTTP request to {_host(answering.http.call.url)}" if answering.http is not None else "HTTP request"
        case "mcp":
            return f"MCP server {_server(answering.mcp)}" if answering.mcp is not None else "MCP server"
        case "model":
            return _model(answering.model or Player())


def _server(mcp: Mcp) -> str:
    """By its host or its program: the rest of a command may hold what nobody should read here."""
    return _host(mcp.url) if mcp.url else program(mcp.command) or "not named yet"


def _model(player: Player) -> str:
    connection = services.connection(player.connection_id) if player.connection_id else None
    if player.model:
        return f"A model, {player.model}"
    return f"A model of {connection.name}" if connection is not None else "A model, the default one"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no host yet"
    except ValueError:
        return "no host yet"


def call_number(conversation: Conversation, slot: Slot) -> int:
    """Which call of its tool this is in the arm in view, from 1."""
    *before, head = conversation.path()
    earlier = [call for node in before if node.message.role == "assistant" for call in answerable(node.message)]
    place = int(slot.key.rpartition("-")[2])
    earlier += answerable(head.message)[:place]
    return 1 + sum(call.name == slot.call.name for call in earlier)

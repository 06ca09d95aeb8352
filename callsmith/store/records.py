"""What the store hands out beside the engine's own values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from callsmith.types.answering import Answering
from callsmith.types.exchange import Attempt, Marks
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage

ExchangeState = Literal["running", "finished", "stopped", "interrupted", "failed"]
ToolChange = Literal["created", "edited", "undone", "imported", "restored", "strict"]
ConversationState = Literal["idle", "running", "waiting", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """``updated_at`` is in UTC. ``waiting``: the message in view asks for tool results or for leave."""

    id: str
    title: str
    updated_at: datetime
    state: ConversationState
    model: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeInfo:
    """An exchange without its bytes. ``node_id`` is None until a reply was kept, and when none came. ``plays``: the
    tool that a model played in it, empty for a turn of the conversation."""

    id: str
    state: ExchangeState
    connection: str
    wire: str
    model: str
    marks: Marks
    attempts: tuple[Attempt, ...]
    usage: Usage | None
    finish: str | None
    problem: Problem | None
    parent_id: str | None
    node_id: str | None
    plays: str = ""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What one exchange cost. ``usage`` None: nothing was reported. ``title`` is empty where the
    conversation was deleted; what it used stays counted. ``url`` is where it asked; ``plays`` the tool that a model
    played in it, empty for a turn of the conversation."""

    exchange_id: str
    conversation_id: str
    title: str
    state: ExchangeState
    connection: str
    wire: str
    model: str
    marks: Marks
    calls: int
    usage: Usage | None
    url: str = ""
    plays: str = ""


@dataclass(frozen=True, slots=True)
class ToolRecord:
    """``folder`` is the name of the set it stands in, empty for none. A tool with a ``conversation_id`` is a copy
    for that conversation only, made of the tool ``copy_of``; the library does not list it."""

    id: str
    tool: Tool
    position: int
    updated_at: datetime
    tags: tuple[str, ...] = ()
    folder: str = ""
    conversation_id: str | None = None
    copy_of: str | None = None
    answering: Answering = Answering()


@dataclass(frozen=True, slots=True)
class ToolVersion:
    """A tool as it was after a change. ``number`` counts from 1 for each tool; ``name`` is empty until someone
    names it."""

    tool_id: str
    number: int
    tool: Tool
    name: str
    how: ToolChange
    created_at: datetime

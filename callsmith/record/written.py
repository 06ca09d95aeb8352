"""The values a record is made of: what ``docs/record.schema.json`` describes, and what is written and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from callsmith.conversation import Node
from callsmith.store.records import ToolChange
from callsmith.types.answering import Answering
from callsmith.types.exchange import Attempt, Headers, Marks
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage

FORMAT = "callsmith-record"
VERSION = 1
Ended = Literal["finished", "stopped", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class WrittenRequest:
    """``body`` is the text that was sent; ``body_base64`` stands in its place where the bytes are not UTF-8."""

    method: str
    url: str
    headers: Headers = ()
    body: str = ""
    body_base64: str = ""


@dataclass(frozen=True, slots=True)
class WrittenResponse:
    """Without a ``status``, no answer began."""

    status: int | None = None
    headers: Headers = ()
    body: str = ""
    body_base64: str = ""


@dataclass(frozen=True, slots=True)
class WrittenExchange:
    """``parent`` is the message it asked below, ``node`` the one it left, ``plays`` the tool that a model played."""

    id: str
    state: Ended
    connection: str
    wire: str
    model: str
    marks: Marks
    request: WrittenRequest
    response: WrittenResponse = WrittenResponse()
    stream: bool = False
    parent: str | None = None
    node: str | None = None
    plays: str = ""
    calls: int = 0
    finish: str | None = None
    problem: Problem | None = None
    usage: Usage | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenConversation:
    """``messages``: the tree with all arms, parents first. ``head``: the end of the arm in view."""

    id: str
    created_at: float
    updated_at: float
    title: str = ""
    setup: Setup = Setup()
    head: str | None = None
    forked_from: str | None = None
    hidden: bool = False
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False
    messages: tuple[Node, ...] = ()
    exchanges: tuple[WrittenExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    number: int
    tool: Tool
    how: ToolChange
    created_at: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class WrittenTool:
    """``versions``: oldest first; the last is the tool as it is."""

    id: str
    tool: Tool
    updated_at: float
    answering: Answering = Answering()
    tags: tuple[str, ...] = ()
    folder: str = ""
    conversation_id: str | None = None
    copy_of: str | None = None
    versions: tuple[WrittenVersion, ...] = ()

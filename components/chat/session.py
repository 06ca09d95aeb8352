"""The conversation in view: opened, kept in step with the store, with the setup it asks with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from callsmith.conversation import Conversation
from callsmith.formats import proposed
from callsmith.play import Ask
from callsmith.types.answering import Answering
from callsmith.types.codec import from_json, to_json
from callsmith.types.connection import Connection, Target, WireName
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool, ToolChoice
from components import services
from components.connections import check, last_models
from components.state import WINDOW, ui

PARAM = "conversation"
_LAST_SETUP = "last_setup"


@dataclass(frozen=True, slots=True)
class Opened:
    conversation: Conversation
    setup: Setup

    @property
    def exists(self) -> bool:
        return bool(self.conversation.id)


@st.cache_resource
def _cache() -> dict[str, tuple[object, Conversation]]:
    """Conversations by id with the stamp they were read at; a stamp that moved means: read again."""
    return {}


def follow_url() -> None:
    """A link names a conversation and is followed once; from then on the state writes the URL."""
    state = ui()
    wanted = st.query_params.get(PARAM)
    if wanted and wanted != state.url_seen:
        if services.store().stamp(wanted) is None:
            state.notice = "The conversation in this link does not exist here. It may have been deleted."
        elif wanted != state.conversation_id:
            show(wanted)
    state.url_seen = state.conversation_id
    if state.conversation_id and wanted != state.conversation_id:
        st.query_params[PARAM] = state.conversation_id
    elif not state.conversation_id and wanted:
        del st.query_params[PARAM]


def current() -> Opened:
    store = services.store()
    conversation_id = ui().conversation_id
    stamp = store.stamp(conversation_id) if conversation_id else None
    if not conversation_id or stamp is None:
        return Opened(Conversation(""), _last_setup())
    cached = _cache().get(conversation_id)
    if cached is None or cached[0] != stamp:
        loaded = store.load(conversation_id)
        if loaded is None:
            return Opened(Conversation(""), _last_setup())
        cached = (stamp, loaded)
        _cache()[conversation_id] = cached
        for stale in list(_cache())[:-64]:
            _cache().pop(stale, None)
    return Opened(cached[1], store.setup(conversation_id))


def open_or_create() -> Opened:
    opened = current()
    if opened.exists:
        return opened
    conversation_id = services.store().create(opened.setup)
    show(conversation_id)
    return Opened(Conversation(conversation_id), opened.setup)


def show(conversation_id: str | None) -> None:
    """Bring a conversation into view, or the empty page."""
    state = ui()
    state.conversation_id = conversation_id
    if conversation_id is None:
        st.query_params.pop(PARAM, None)  # else follow_url would open it again
    state.exchange_id = None
    state.editing = None
    state.notice = ""
    state.shown_turns = WINDOW


def save_setup(setup: Setup) -> None:
    """Keep how this conversation asks; a new conversation starts from the last one."""
    store = services.store()
    conversation_id = ui().conversation_id
    if conversation_id:
        store.save_setup(conversation_id, setup)
    store.set_preference(_LAST_SETUP, to_json(setup))


def target_of(setup: Setup) -> Target:
    """Where this setup asks; a connection that is gone falls back to the default one."""
    chosen = services.connection(setup.connection_id) if setup.connection_id else None
    connection: Connection = chosen or services.connections()[0]
    model = setup.model if chosen is not None or not setup.connection_id else ""
    model = model or last_models.of(connection)
    wire = setup.wire if setup.wire in connection.wires else proposed_format(connection, model)
    return Target(connection, wire, model)


def connection_is_gone(setup: Setup) -> bool:
    return bool(setup.connection_id) and services.connection(setup.connection_id) is None


def proposed_format(connection: Connection, model: str) -> WireName:
    """What a setup without a format chosen by hand asks in."""
    return proposed(connection, model, check.endpoint_types(connection, model))


def tools_of(setup: Setup) -> dict[str, Tool]:
    """The conversation's tools by id, in its order, those switched off included."""
    records = services.store().tools_with([use.tool_id for use in setup.tools])
    kept = {record.id: record.tool for record in records}
    return {use.tool_id: kept[use.tool_id] for use in setup.tools if use.tool_id in kept}


def answering_of(setup: Setup) -> dict[str, tuple[str, Answering]]:
    """Who answers the conversation's tools: by the name that a call has, the tool's id and its answerers. Of two tools
    of one name the first counts, and one that is on counts before one that is off."""
    records = {record.id: record for record in services.store().tools_with([use.tool_id for use in setup.tools])}
    found: dict[str, tuple[str, Answering]] = {}
    for use in sorted(setup.tools, key=lambda use: not use.on):
        if (record := records.get(use.tool_id)) is not None:
            found.setdefault(record.tool.name, (record.id, record.answering))
    return found


def offered(setup: Setup, tools: Mapping[str, Tool]) -> list[Tool]:
    on = {use.tool_id for use in setup.tools if use.on}
    return [tool for tool_id, tool in tools.items() if tool_id in on]


def ask_of(setup: Setup, conversation: Conversation) -> Ask:
    """What would be asked with now. A history with tool calls is never sent without tools, since some
    providers refuse it (wire-format notes, 2.3), and no tool is forced that is not offered."""
    tools = tools_of(setup)
    on, options = offered(setup, tools), setup.options
    if not on and any(node.message.calls for node in conversation.path()):
        on, options = list(tools.values()), replace(options, tool_choice=ToolChoice("none"))
    else:
        options = replace(options, tool_choice=_possible(options.tool_choice, {tool.name for tool in on}))
    return Ask(target_of(setup), setup.system, on, options, setup.variables)


def _possible(choice: ToolChoice, names: Collection[str]) -> ToolChoice:
    if choice.mode == "named":
        return choice if choice.name in names else ToolChoice()
    return replace(choice, allowed=tuple(name for name in choice.allowed if name in names))


def _last_setup() -> Setup:
    kept = services.store().preference(_LAST_SETUP)
    return Setup() if kept is None else _with_originals(from_json(Setup, kept))


def _with_originals(setup: Setup) -> Setup:
    """The tools that another conversation copied for itself are those of the library again."""
    records = services.store().tools_with([use.tool_id for use in setup.tools])
    originals = {record.id: record.copy_of for record in records if record.copy_of is not None}
    uses = (replace(use, tool_id=originals.get(use.tool_id, use.tool_id)) for use in setup.tools)
    return replace(setup, tools=tuple(uses))

"""Going back and trying otherwise: what the buttons beside a message, a call or a result do. Callbacks; every change is
a new arm, and what is deleted can be brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from callsmith import conversation as pure
from callsmith.conversation import Conversation, Node
from callsmith.play import added
from callsmith.types.codec import from_json, to_json
from callsmith.types.message import Message
from callsmith.types.parts import Malformed, Text, ToolCall
from components import services
from components.chat import actions, session
from components.chat.session import Opened
from components.state import ui


@dataclass(frozen=True, slots=True)
class _Deleted:
    """What one deletion took away, and where the head was."""

    nodes: tuple[Node, ...]
    head: str | None


def begin(place: str, popover: str) -> None:
    """Open the editor of one place (a reply, the arguments of a call, a result), and fold the menu it was chosen in."""
    ui().editing = place
    st.session_state[popover] = False


def cancel() -> None:
    ui().editing = None
    ui().notice = ""


def place_of(node_id: str, call_id: str = "", what: str = "reply") -> str:
    return f"{node_id}/{what}/{call_id}"


def ask_again(node_id: str) -> None:
    """Ask once more for this reply, with the model, format, tools and options chosen now; this one stays as an arm."""
    opened = session.current()
    if actions.is_there(opened.conversation, node_id):
        parent = opened.conversation.nodes[node_id].parent
        actions.advance(opened, replace(opened.conversation, head=parent))


def use_arguments(node_id: str, call_id: str, widget: str) -> None:
    """The call as if the model had asked so; it waits for a result then."""
    text = st.session_state[widget]
    opened = session.current()
    if not _may_change(opened, node_id):
        return
    parsed = ToolCall("", "", text).parsed()
    call = next(call for call in opened.conversation.nodes[node_id].message.calls if call.id == call_id)
    if isinstance(parsed, Malformed) and call.type != "custom":
        ui().notice = (
            f"Not JSON: {parsed.message}, line {parsed.line}, column {parsed.column}. Nothing was changed yet."
        )
        return
    _move(opened, pure.edit_arguments(opened.conversation, node_id, call_id, text))


def use_reply(node_id: str, widget: str) -> None:
    """The reply in these words, as an arm of its own."""
    opened = session.current()
    if _may_change(opened, node_id):
        try:
            after = pure.edit_reply(opened.conversation, node_id, st.session_state[widget].strip())
        except ValueError as error:
            ui().notice = f"{error}, so nothing was changed."
            return
        _move(opened, after)


def use_result(node_id: str, call_id: str, widget: str, error_widget: str) -> None:
    """Another result for this call, and the model asked from there."""
    opened = session.current()
    if actions.is_there(opened.conversation, node_id):
        text, failed = st.session_state[widget], bool(st.session_state[error_widget])
        after = pure.edit_result(opened.conversation, node_id, call_id, text, is_error=failed)
        if actions.advance(opened, after):
            ui().editing = None


def insert_reply(widget: str, tool_widget: str, popover: str) -> None:
    """A reply written by hand: words, and one call where a tool is chosen."""
    opened = session.current()
    if actions.goes_on(opened.conversation.id):
        return
    words, name = st.session_state[widget].strip(), st.session_state.get(tool_widget) or ""
    parts = (*((Text(words),) if words else ()), *((_call_by_hand(opened, name),) if name else ()))
    try:
        after = pure.insert(opened.conversation, Message("assistant", parts, finish="stop"))
    except ValueError as error:
        ui().notice = f"{error}."
        return
    st.session_state[popover] = False
    _move(opened, after)


def delete_from(node_id: str) -> None:
    """Take this message and all that follow it away, on every arm."""
    opened = session.current()
    conversation = opened.conversation
    if not _may_change(opened, node_id):
        return
    after = pure.without(conversation, node_id)
    gone = tuple(conversation.nodes[key] for key in pure.below(conversation, node_id))
    store = services.store()
    store.save_draft(conversation.id, actions.DELETED, to_json(_Deleted(gone, conversation.head)))
    store.delete_nodes(conversation.id, [node.id for node in gone], after.head)
    ui().notice = ""


def deleted(conversation: Conversation) -> int:
    """How many messages the last deletion took, while it can be undone."""
    kept = services.store().draft(conversation.id, actions.DELETED)
    return 0 if kept is None else len(from_json(_Deleted, kept).nodes)


def undo_delete() -> None:
    conversation = session.current().conversation
    store = services.store()
    kept = store.draft(conversation.id, actions.DELETED)
    if kept is None or actions.goes_on(conversation.id):
        return
    what = from_json(_Deleted, kept)
    store.save_nodes(conversation.id, what.nodes, what.head)
    store.clear_draft(conversation.id, actions.DELETED)


def show_arm(end: str) -> None:
    actions.switch_arm(end)


def _may_change(opened: Opened, node_id: str) -> bool:
    return actions.is_there(opened.conversation, node_id) and not actions.goes_on(opened.conversation.id)


def _call_by_hand(opened: Opened, name: str) -> ToolCall:
    """Its arguments are an object without properties until a person changes them."""
    taken: Sequence[str] = [call.id for node in opened.conversation.nodes.values() for call in node.message.calls]
    number = next(number for number in range(1, len(taken) + 2) if f"call_hand_{number}" not in taken)
    return ToolCall(f"call_hand_{number}", name, "{}")


def _move(opened: Opened, after: Conversation) -> None:
    """Keep the new arm and bring it into view; nothing is sent."""
    ui().editing = None
    ui().notice = ""
    services.store().save_nodes(after.id, added(opened.conversation.nodes, after), after.head)
    services.store().clear_draft(after.id, actions.DELETED)

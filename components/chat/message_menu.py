"""Beside a message: ask again, other words, delete; and the editors of a reply, of arguments and of a result."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from callsmith.conversation import Conversation, Node
from callsmith.jsontext import indented
from callsmith.types.parts import Malformed, ToolCall, ToolResult
from components.chat import reins
from components.state import ui
from components.words import count


def menu(node: Node, *, running: bool) -> None:
    """The quiet "More" of a message. Closed, it costs one button."""
    key = node.id[:12]
    popover = st.popover(
        "More", key=f"more-{key}", type="tertiary", on_change="rerun", disabled=running, help=_WAIT if running else None
    )
    if not popover.open:
        return
    with popover:
        if node.message.role == "assistant":
            st.button(
                "Ask again",
                key=f"again-{key}",
                icon=":material/refresh:",
                on_click=reins.ask_again,
                args=(node.id,),
                help="With the model, format, tools and options chosen above; this reply is kept as an arm",
            )
            st.button(
                "Change the words",
                key=f"reword-{key}",
                icon=":material/edit:",
                on_click=reins.begin,
                args=(reins.place_of(node.id), f"more-{key}"),
                help="As if the model had said it otherwise: a new arm",
            )
        st.button(
            "Delete from here",
            key=f"delete-{key}",
            icon=":material/delete:",
            on_click=reins.delete_from,
            args=(node.id,),
            help="This message and all that follow it; it can be undone",
        )


_WAIT = "A reply is arriving"


def reply_editor(node: Node) -> bool:
    """Draws the editor of a reply's words where it was opened."""
    if ui().editing != reins.place_of(node.id):
        return False
    key = f"reword-text-{node.id[:12]}"
    st.text_area("The reply", value=node.message.text, key=key, height="content")
    _buttons("Keep as a new arm", "reply-use", reins.use_reply, (node.id, key))
    return True


def call_menu(node: Node, call: ToolCall, answered: Node | None, key: str) -> None:
    """What if it had asked otherwise, or been told otherwise? ``answered``: the message with its result."""
    popover = st.popover("More", key=f"call-more-{key}", type="tertiary", on_change="rerun")
    if not popover.open:
        return
    with popover:
        st.button(
            "Change arguments",
            key=f"arguments-{key}",
            icon=":material/edit:",
            on_click=reins.begin,
            args=(reins.place_of(node.id, call.id, "arguments"), f"call-more-{key}"),
            help="What if it had asked otherwise? A new arm, in which this call waits for a result",
        )
        if answered is not None:
            st.button(
                "Change the result",
                key=f"result-change-{key}",
                icon=":material/edit:",
                on_click=reins.begin,
                args=(reins.place_of(answered.id, call.id, "result"), f"call-more-{key}"),
                help="What if the tool had said something else? The model is asked again, on a new arm",
            )


def arguments_editor(node: Node, call: ToolCall, key: str) -> bool:
    if ui().editing != reins.place_of(node.id, call.id, "arguments"):
        return False
    widget = f"arguments-text-{key}"
    st.text_area(f"Arguments of {call.name}", value=_laid_out(call.arguments), key=widget, height="content")
    _buttons("Use these arguments", "arguments-use", reins.use_arguments, (node.id, call.id, widget))
    return True


def result_editor(node: Node, result: ToolResult, key: str) -> bool:
    if ui().editing != reins.place_of(node.id, result.call_id, "result"):
        return False
    widget, error = f"result-text-{key}", f"result-error-{key}"
    st.text_area(f"Result of {result.name}", value=_laid_out(result.content), key=widget, height="content")
    st.checkbox("Return as error", value=result.is_error, key=error)
    _buttons("Ask again with this result", "result-use", reins.use_result, (node.id, result.call_id, widget, error))
    return True


def deleted_row(conversation: Conversation) -> None:
    """After a deletion, until the conversation goes on."""
    number = reins.deleted(conversation)
    if number:
        with st.container(horizontal=True, vertical_alignment="center", key="deleted-row"):
            st.caption(f"Deleted {count(number, 'message')}", width="content")
            st.button("Undo", key="undo-delete", type="tertiary", icon=":material/undo:", on_click=reins.undo_delete)


def insert_popover(tools: list[str]) -> None:
    """A reply written by hand, where the model's would stand."""
    popover = st.popover(
        "Write the reply by hand", key="insert", type="tertiary", icon=":material/edit_note:", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        # Drawn anew on leaving it, the list of tools that is being opened would close again.
        st.text_area("What the model says", key="insert-words", height="content", on_change="ignore")
        st.selectbox(
            "and calls", tools, index=None, key="insert-tool", placeholder="No tool", help="Its arguments come after"
        )
        st.button(
            "Insert",
            key="insert-go",
            type="primary",
            on_click=reins.insert_reply,
            args=("insert-words", "insert-tool", "insert"),
        )


def _buttons(label: str, key: str, use: Callable[..., None], args: tuple[str, ...]) -> None:
    with st.container(horizontal=True):
        st.button(label, key=key, type="primary", icon=":material/check:", on_click=use, args=args)
        st.button("Cancel", key=f"{key}-cancel", on_click=reins.cancel)


def _laid_out(text: str) -> str:
    return text if isinstance(ToolCall("", "", text).parsed(), Malformed) else indented(text)

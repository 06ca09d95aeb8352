"""The page to send, from the conversation's menu: what it holds is chosen, then it is saved as one HTML file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from callsmith import exporting_page
from callsmith.arms import ends
from callsmith.conversation import Conversation
from callsmith.exporting_page import Include
from callsmith.redaction import Redactor
from callsmith.story import story
from components import services
from components.chat import session
from components.chat.session import Opened
from components.connections.keys import key_for
from components.usage import costs
from components.words import count

_CHOICES: Mapping[str, tuple[str, str]] = {
    "thinking": ("Thinking", "What the model showed of its thinking"),
    "system": ("System prompt", "The instructions the model was given"),
    "json": ("JSON", "Calls and results as JSON, folded below the plain words"),
    "cost": ("Cost", "What each reply cost, where its price is known"),
}


def page_button(opened: Opened) -> None:
    """Into the conversation's menu. Nothing is built before the file is asked for."""
    if opened.conversation.head is None:
        return
    row = st.expander("Page to send", icon=":material/slideshow:", key="page-to-send", on_change="rerun")
    if not row.open:
        return
    with row:
        st.caption(
            "One HTML file that replays the conversation step by step in plain words, for anyone with a browser. It "
            "needs no network. The keys that Callsmith knows and the addresses of connections are taken out; any other "
            "secret that was written into a message or a result stays in it."
        )
        head = _arm(opened.conversation)
        chosen = {
            name: st.checkbox(label, value=True, key=f"page-{name}", help=said)
            for name, (label, said) in _CHOICES.items()
        }
        st.download_button(
            "Save the page",
            _maker(opened, head, Include(**chosen)),
            file_name=_file_name(opened.conversation.title),
            mime="text/html",
            key="page-save",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )


def _arm(conversation: Conversation) -> str | None:
    """The end of the arm that the page tells; asked for only where there are several."""
    arms = [end for end in ends(conversation) if end != conversation.head]
    if not arms:
        return conversation.head
    names = {conversation.head: "The arm in view"} | {end: _named(conversation, end) for end in arms}
    return st.selectbox("Arm", list(names), format_func=lambda end: names[end], key="page-arm")


def _named(conversation: Conversation, end: str) -> str:
    path = conversation.path(end)
    said = next((node.message.text for node in reversed(path) if node.message.text.strip()), "no text")
    line = " ".join(said.split())
    return f"{count(len(path), 'message')}, to: {line if len(line) <= 60 else line[:57] + '...'}"


def _maker(opened: Opened, head: str | None, include: Include) -> Callable[[], bytes]:
    """What builds the file when it is asked for; everything it reads of the session is read here."""
    store, price, connections = services.store(), costs.price(), services.connections()
    redactors = (Redactor(filter(None, map(key_for, connections))), services.engine().logs.redactor)
    tools = session.offered(opened.setup, session.tools_of(opened.setup))

    def clean(text: str) -> str:
        for redactor in redactors:
            text = redactor.text(text)
        return text

    def make() -> bytes:
        told = story(
            exporting_page.cleaned(opened.conversation, clean),
            store.exchange_turn_info(opened.conversation.id),
            {
                clean(tool.name): replace(tool, name=clean(tool.name), description=clean(tool.description))
                for tool in tools
            },
            head=head,
            system=clean(opened.setup.system),
            costs={row.exchange_id: price(row) for row in store.usage_rows(opened.conversation.id)},
            variables={name: clean(value) for name, value in opened.setup.variables.items()},
        )
        addresses = [connection.base_url for connection in connections]
        return exporting_page.page(told, include, clean=clean, addresses=addresses).encode("utf-8")

    return make


def _file_name(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    return f"{words or 'conversation'}.html"

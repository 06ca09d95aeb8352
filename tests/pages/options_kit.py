"""The options of the Playground as a visitor opens them, a connection that is never asked, and what is sent."""

from __future__ import annotations

from typing import Any

from callsmith.connections import ALL_WIRES
from callsmith.store import Store
from callsmith.types.codec import from_json
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.setup import Setup
from tests.pages.playground import Page

GATEWAY = Connection(
    "gw", "Gateway", "https://gw.example.com/v1", wires=ALL_WIRES, key=KeyRef("environment", "GW_KEY"), preset="wenwen"
)
CLAUDE = "claude-sonnet-4-5"


def open_tab(page: Page, tab: str) -> None:
    page.at.session_state["options"] = True
    page.at.session_state["options-tabs"] = tab
    page.run()


def kept(store: Store) -> Setup:
    """How the next conversation would ask."""
    return from_json(Setup, store.preference("last_setup"))


def keys(page: Page) -> set[str]:
    """The keys of every control on the page."""
    at = page.at
    controls: tuple[Any, ...] = (*at.selectbox, *at.number_input, *at.text_input, *at.text_area, *at.toggle)
    return {str(item.key) for item in (*controls, *at.multiselect, *at.button, *at.segmented_control)}

"""How the model is asked, in one popover of short tabs. Defaults stay quiet; what the wire format in use has
no word for is absent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.types.connection import Target
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from components import layout
from components.chat.mcp_servers import mcp_servers
from components.chat.options_model import model_options
from components.chat.options_reply import reply_options
from components.chat.options_request import request_options
from components.chat.options_search import search_options
from components.chat.options_tools import tool_options

_WIDTH = 460


def options_popover(setup: Setup, target: Target, tools: Sequence[Tool]) -> None:
    """``tools``: those offered now. Only the open tab is built."""
    # A label that changes would close the popover under one's hands.
    popover = st.popover("Options", icon=":material/tune:", on_change="rerun", key=layout.OPTIONS)
    if not popover.open:
        return
    with popover, st.container(width=_WIDTH):
        model, tool_use, reply, search, mcp, more = st.tabs(
            ["Model", "Tool choice", "Reply", "Search", "MCP", "More"], key="options-tabs", on_change="rerun"
        )
        if model.open:
            with model:
                model_options(setup, target)
        if tool_use.open:
            with tool_use:
                tool_options(setup.options, target, tools)
        if reply.open:
            with reply:
                reply_options(setup, target)
        if search.open:
            with search:
                search_options(setup.options.web_search, target)
        if mcp.open:
            with mcp:
                mcp_servers(setup.options.mcp, target)
        if more.open:
            with more:
                request_options(setup.options, target)

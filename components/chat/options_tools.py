"""The Tool choice tab of the options: whether the model must call, which tools it may, and how many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith import offer
from callsmith.types.connection import Target
from callsmith.types.options import Options
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.registry import WIRES
from components.chat import option_fields as fields

_NAMED = "named:"
_MODES = {"auto": "auto: the model decides", "required": "required: it must call", "none": "none: it must not call"}
_VALIDATED = {"validated": "validated: text, or a call that fits its schema"}
# Streamlit takes None for nothing chosen, so the default has a word of its own.
_PARALLEL = {fields.DEFAULT: None, "on": True, "off": False}


def tool_options(options: Options, target: Target, tools: Sequence[Tool]) -> None:
    if not tools:
        st.caption("No tool is switched on, so there is nothing to choose. Tools are beside the conversation.")
        return
    names = [tool.name for tool in tools]
    chosen = options.tool_choice
    modes = {**_MODES, **(_VALIDATED if offer.has(target, "validated") else {})}
    now = _NAMED + chosen.name if chosen.mode == "named" else chosen.mode
    fields.choice(
        st,
        "Tool choice",
        "option-tool_choice",
        {**modes, **{_NAMED + name: f"only {name}: it must call this one" for name in names}},
        now,
        _choose,
    )
    if chosen.mode not in ("named", "none") and offer.has(target, "allowed"):
        fields.several(
            st,
            "Some of the tools",
            "option-allowed",
            {name: name for name in dict.fromkeys([*names, *chosen.allowed])},
            chosen.allowed,
            lambda options, some: replace(options, tool_choice=replace(options.tool_choice, allowed=some)),
            help="The model may call these alone; empty means all that are on. The others stay in the conversation",
        )
    if offer.has(target, "parallel_tool_calls"):
        fields.choice(
            st,
            "Parallel calls",
            "option-parallel_tool_calls",
            {word: word for word in _PARALLEL},
            next(word for word, value in _PARALLEL.items() if value is options.parallel_tool_calls),
            lambda options, word: replace(options, parallel_tool_calls=_PARALLEL[word]),
            help="Whether one reply may hold several calls",
        )
    else:
        st.caption(f"{WIRES[target.wire].label} has no switch for parallel calls.")


def _choose(options: Options, choice: Any) -> Options:
    allowed = options.tool_choice.allowed
    if choice.startswith(_NAMED):
        return replace(options, tool_choice=ToolChoice("named", choice.removeprefix(_NAMED)))
    return replace(options, tool_choice=ToolChoice(choice, allowed=() if choice == "none" else allowed))

"""The Model tab of the options: system prompt, thinking, sampling, streaming."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from callsmith import offer
from callsmith.schema.text import read
from callsmith.types.connection import Target
from callsmith.types.features import Effort, EffortLevel
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.wire import effort
from callsmith.wire.registry import WIRES
from components import loaded
from components.chat import option_fields as fields
from components.chat import session
from components.words import joined

_LEVELS: Mapping[EffortLevel, str] = {
    "default": fields.DEFAULT,
    "off": "off",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "extra high",
    "max": "max",
    "budget": "a number of tokens",
}
_WORDS = {"temperature": "temperature", "top_p": "top p", "max_tokens": "max tokens", "seed": "seed"}
_MOST_TOKENS = 10_000_000


def model_options(setup: Setup, target: Target) -> None:
    _system_prompt(setup)
    _thinking(setup.options.thinking, target)
    _sampling(setup.options, target)


def _system_prompt(setup: Setup) -> None:
    st.text_area(
        "System prompt",
        **loaded.entry("option-system", setup.system),
        height=100,
        placeholder="None",
        on_change=_set_system,
        help="Sent before the conversation",
    )


def _thinking(thinking: Effort, target: Target) -> None:
    offered = effort.levels(target.wire, target.connection, target.model)
    label = WIRES[target.wire].label
    if offered == ("default",) and thinking.level == "default":
        st.caption(f"Thinking: no control is known for {target.model or 'this model'} in {label}.")
        return
    left, right = st.columns(2)
    fields.choice(
        left,
        "Thinking",
        "option-thinking",
        {level: _LEVELS[level] for level in offered},
        thinking.level,
        lambda options, level: replace(options, thinking=replace(options.thinking, level=level)),
        help="How much the model thinks before it answers, as far as this model lets one choose",
    )
    if thinking.level == "budget":
        fields.number(
            right,
            "Tokens for thinking",
            "option-budget",
            thinking.budget,
            lambda options, tokens: replace(options, thinking=replace(options.thinking, budget=tokens)),
            low=0,
            high=_MOST_TOKENS,
            step=1024,
        )
    if _can_hide(thinking, target):
        fields.toggle(
            "Ask for the thoughts",
            "option-thoughts",
            thinking.show,
            lambda options, on: replace(options, thinking=replace(options.thinking, show=on)),
            help="Thoughts, or their summary where the provider keeps the thoughts themselves to itself",
        )


def _can_hide(thinking: Effort, target: Target) -> bool:
    with_thoughts, without = (
        effort.effort_fields(target.wire, target.connection, target.model, replace(thinking, show=show), None)
        for show in (True, False)
    )
    return with_thoughts != without


def _sampling(options: Options, target: Target) -> None:
    asked = [
        ("Temperature", "temperature", 0.0, 2.0, 0.1),
        ("Top p", "top_p", 0.0, 1.0, 0.05),
        ("Max tokens", "max_tokens", 1, _MOST_TOKENS, 1),
        ("Seed", "seed", 0, 2**31 - 1, 1),
    ]
    there = [item for item in asked if offer.has(target, item[1])]
    for at, (label, field, low, high, step) in enumerate(there):
        if at % 2 == 0:
            columns = st.columns(2)
        fields.number(
            columns[at % 2],
            label,
            f"option-{field}",
            getattr(options, field),
            fields.field(field),
            low=low,
            high=high,
            step=step,
        )
    absent = [_WORDS[item[1]] for item in asked if item not in there]
    if offer.has(target, "stop"):
        fields.text(
            st,
            "Stop texts",
            "option-stop",
            options.stop,
            fields.field("stop"),
            parse=_texts,
            write=lambda stop: json.dumps(list(stop), ensure_ascii=False) if stop else "",
            placeholder='["END"]',
            help="A JSON list of texts that end the reply",
        )
    else:
        absent.append("stop texts")
    fields.toggle("Stream the reply", "option-stream", options.stream, fields.field("stream"))
    if absent:
        st.caption(f"{WIRES[target.wire].label} has no {joined(absent, 'or')}.")


def _texts(typed: str) -> tuple[str, ...]:
    value = read(typed.strip() or "[]")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError('Stop texts are a JSON list of texts, for example ["END"]')
    return tuple(value)


def _set_system() -> None:
    session.save_setup(replace(session.current().setup, system=st.session_state["option-system"]))

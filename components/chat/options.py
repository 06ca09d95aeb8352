"""How the model is asked: sampling, tool choice, limits. Defaults stay quiet; what differs shows as chips."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from callsmith.types.options import Limits, Options
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool, ToolChoice
from components.chat import session

_NAMED = "one tool: "
_MODES: dict[str, Literal["auto", "none", "required"]] = {"auto": "auto", "none": "none", "required": "required"}
_LIMITS = (
    ("connect", "Connect"),
    ("first_byte", "First byte"),
    ("between_bytes", "Between bytes"),
    ("total", "Whole reply"),
)


def options_popover(setup: Setup, tools: Sequence[Tool]) -> None:
    changed = len(chips(setup.options)) + (1 if setup.system else 0)
    label = f"Options ({changed})" if changed else "Options"
    popover = st.popover(label, icon=":material/tune:", on_change="rerun", key="options")
    if popover.open:
        with popover:
            _body(setup, tools)


def chips(options: Options) -> list[tuple[str, str]]:
    """What differs from the defaults: a label, and the field that a click on it resets."""
    found = []
    if options.tool_choice != ToolChoice():
        found.append((f"tool choice: {options.tool_choice.name or options.tool_choice.mode}", "tool_choice"))
    if options.parallel_tool_calls is not None:
        found.append((f"parallel calls: {'on' if options.parallel_tool_calls else 'off'}", "parallel_tool_calls"))
    for field, label in (
        ("temperature", "temperature"),
        ("top_p", "top p"),
        ("max_tokens", "max tokens"),
        ("seed", "seed"),
    ):
        value = getattr(options, field)
        if value is not None:
            found.append((f"{label} {value:g}", field))
    if options.stop:
        found.append((f"{len(options.stop)} stop text{'s' if len(options.stop) > 1 else ''}", "stop"))
    if not options.stream:
        found.append(("not streamed", "stream"))
    if options.extra_body:
        found.append((f"extra body: {', '.join(options.extra_body)}", "extra_body"))
    if options.limits != Limits():
        found.append(("own time limits", "limits"))
    return found


def chip_row(setup: Setup) -> None:
    """One removable chip for each option that is not at its default."""
    found = chips(setup.options)
    if not found:
        return
    with st.container(horizontal=True, key="chips"):
        for label, field in found:
            st.button(
                label,
                key=f"chip-{field}",
                icon=":material/close:",
                icon_position="right",
                type="secondary",
                help="Back to the default",
                on_click=_reset,
                args=(field,),
            )


def _body(setup: Setup, tools: Sequence[Tool]) -> None:
    options = setup.options
    st.text_area(
        "System prompt",
        value=setup.system,
        key="option-system",
        placeholder="None",
        on_change=_set_system,
        help="Sent before the conversation",
    )
    names = [tool.name for tool in tools]
    choices = [*_MODES, *(_NAMED + name for name in names)]
    chosen = options.tool_choice
    now = _NAMED + chosen.name if chosen.mode == "named" else chosen.mode
    left, right = st.columns(2)
    left.selectbox(
        "Tool choice",
        choices if now in choices else [*choices, now],
        index=(choices if now in choices else [*choices, now]).index(now),
        key="option-tool_choice",
        disabled=not names,
        help="The model decides; must not call; must call; must call one" if names else "No tool is switched on",
        on_change=_set_tool_choice,
    )
    right.selectbox(
        "Parallel calls",
        ["provider's default", "on", "off"],
        index={None: 0, True: 1, False: 2}[options.parallel_tool_calls],
        key="option-parallel_tool_calls",
        disabled=not names,
        help="Whether one reply may hold several calls" if names else "No tool is switched on",
        on_change=_set_parallel,
    )
    left, right = st.columns(2)
    _number(left, "Temperature", "temperature", options.temperature, 0.0, 2.0, 0.1)
    _number(right, "Top p", "top_p", options.top_p, 0.0, 1.0, 0.05)
    left, right = st.columns(2)
    _number(left, "Max tokens", "max_tokens", options.max_tokens, 1, 10_000_000, 1)
    _number(right, "Seed", "seed", options.seed, 0, 2**31 - 1, 1)
    st.toggle("Stream the reply", value=options.stream, key="option-stream", on_change=_set_plain, args=("stream",))
    st.text_input(
        "Stop texts",
        value=json.dumps(list(options.stop), ensure_ascii=False) if options.stop else "",
        key="option-stop",
        placeholder='["END"]',
        help="A JSON list of up to 4 texts that end the reply",
        on_change=_set_json,
        args=("stop", list),
    )
    st.text_area(
        "Extra body",
        value=json.dumps(dict(options.extra_body), indent=2, ensure_ascii=False) if options.extra_body else "",
        key="option-extra_body",
        placeholder='{"reasoning_effort": "low"}',
        help="A JSON object merged last into the request, key by key",
        on_change=_set_json,
        args=("extra_body", dict),
    )
    problem = st.session_state.get("option-problem")
    if problem:
        st.error(problem, icon=":material/error:")
    st.caption("Time limits in seconds")
    for column, (field, label) in zip(st.columns(4), _LIMITS, strict=True):
        column.number_input(
            label,
            min_value=1.0,
            max_value=7200.0,
            value=float(getattr(options.limits, field)),
            key=f"option-limit-{field}",
            format="%g",
            on_change=_set_limit,
            args=(field,),
        )


def _number(column: Any, label: str, field: str, value: float | None, low: float, high: float, step: float) -> None:
    column.number_input(
        label,
        min_value=low,
        max_value=high,
        value=value,
        step=step,
        key=f"option-{field}",
        placeholder="provider's default",
        on_change=_set_plain,
        args=(field,),
    )


def _change(**to: Any) -> None:
    setup = session.current().setup
    session.save_setup(replace(setup, options=replace(setup.options, **to)))


def _set_system() -> None:
    session.save_setup(replace(session.current().setup, system=st.session_state["option-system"]))


def _set_tool_choice() -> None:
    chosen: str = st.session_state["option-tool_choice"]
    if chosen.startswith(_NAMED):
        _change(tool_choice=ToolChoice("named", chosen.removeprefix(_NAMED)))
    elif chosen in _MODES:
        _change(tool_choice=ToolChoice(_MODES[chosen]))


def _set_parallel() -> None:
    chosen = st.session_state["option-parallel_tool_calls"]
    _change(parallel_tool_calls={"on": True, "off": False}.get(chosen))


def _set_plain(field: str) -> None:
    _change(**{field: st.session_state[f"option-{field}"]})


def _set_limit(field: str) -> None:
    limits = session.current().setup.options.limits
    _change(limits=replace(limits, **{field: st.session_state[f"option-limit-{field}"]}))


def _set_json(field: str, kind: Any) -> None:
    """Text that is not the JSON asked for is kept in its box; the last valid value stays in force."""
    text = st.session_state[f"option-{field}"].strip()
    st.session_state.pop("option-problem", None)
    name = "Stop texts" if field == "stop" else "Extra body"
    try:
        value: Any = json.loads(text or json.dumps(kind()))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        st.session_state["option-problem"] = f"{name}: {error.msg}, {where}. The last valid value stays in force."
        return
    texts = kind is not list or all(isinstance(item, str) for item in value)
    if type(value) is not kind or not texts:
        wanted = "a JSON list of texts" if kind is list else "a JSON object"
        st.session_state["option-problem"] = f"{name} must be {wanted}. The last valid value stays in force."
        return
    _change(**{field: tuple(value) if kind is list else value})


def _reset(field: str) -> None:
    _change(**{field: getattr(Options(), field)})
    st.session_state.pop(f"option-{field}", None)

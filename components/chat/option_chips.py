"""What differs from the defaults, as chips: a click on one takes it back, and nothing typed is lost by that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from callsmith import offer
from callsmith.types.connection import Target
from callsmith.types.features import Effort
from callsmith.types.options import Limits, Options
from callsmith.types.setup import Setup
from callsmith.types.tool import ToolChoice
from components.chat import session
from components.words import count, plain

_NUMBERS = (("temperature", "temperature"), ("top_p", "top p"), ("max_tokens", "max tokens"), ("seed", "seed"))


@dataclass(frozen=True, slots=True)
class Chip:
    """``option``: the name under which ``offer.has`` knows it; empty where every format has it."""

    id: str
    label: str
    reset: Callable[[Options], Options]
    option: str = ""


def chips(options: Options) -> tuple[Chip, ...]:
    return (*_thinking(options), *_sampling(options), *_tools(options), *_features(options), *_request(options))


def chip_row(setup: Setup, target: Target) -> None:
    """One removable chip for each option that is not at its default. Draw it in a row."""
    if setup.system:
        shown = setup.system if len(setup.system) <= 400 else setup.system[:400] + " ..."
        st.caption(":material/article: System prompt", width="content", help=plain(shown))
    for chip in chips(setup.options):
        absent = bool(chip.option) and not offer.has(target, chip.option)
        st.button(
            f"{plain(chip.label)}, not sent" if absent else plain(chip.label),
            key=f"chip-{chip.id}",
            icon=":material/close:",
            icon_position="right",
            type="secondary",
            help="This format has no field for it. Click for the default" if absent else "Back to the default",
            on_click=_reset,
            args=(chip.reset,),
        )


def _thinking(options: Options) -> Iterator[Chip]:
    thinking = options.thinking
    if thinking.level == "budget":
        budget = "no budget set" if thinking.budget is None else count(thinking.budget, "token")
        yield Chip("thinking", f"thinking: {budget}", _to(thinking=Effort(show=thinking.show)))
    elif thinking.level != "default":
        yield Chip("thinking", f"thinking: {thinking.level}", _to(thinking=Effort(show=thinking.show)))
    if not thinking.show:
        yield Chip("thoughts", "thoughts not asked for", _to(thinking=replace(thinking, show=True)))


def _sampling(options: Options) -> Iterator[Chip]:
    for field, label in _NUMBERS:
        value = getattr(options, field)
        if value is not None:
            yield Chip(field, f"{label} {value:g}", _to(**{field: None}), field)
    if options.stop:
        yield Chip("stop", count(len(options.stop), "stop text"), _to(stop=()), "stop")
    if not options.stream:
        yield Chip("stream", "not streamed", _to(stream=True))


def _tools(options: Options) -> Iterator[Chip]:
    choice = options.tool_choice
    if choice.mode != "auto":
        said = choice.name if choice.mode == "named" else choice.mode
        option = "validated" if choice.mode == "validated" else ""
        yield Chip("tool_choice", f"tool choice: {said}", _to(tool_choice=ToolChoice()), option)
    if choice.allowed:
        some = ", ".join(choice.allowed) if len(choice.allowed) < 3 else f"{len(choice.allowed)} of the tools"
        yield Chip("allowed", f"only {some}", _to(tool_choice=replace(choice, allowed=())), "allowed")
    if options.parallel_tool_calls is not None:
        on = "on" if options.parallel_tool_calls else "off"
        yield Chip("parallel_tool_calls", f"parallel calls: {on}", _to(parallel_tool_calls=None), "parallel_tool_calls")


def _features(options: Options) -> Iterator[Chip]:
    """Switched off rather than taken away: what was written for them stays."""
    response, search = options.response, options.web_search
    if response is not None and response.on:
        yield Chip("response", "reply as data", _to(response=replace(response, on=False)), "response")
    if options.spoken is not None:
        yield Chip("spoken", "spoken reply", _to(spoken=None), "spoken")
    if search is not None and search.on:
        yield Chip("web_search", "web search", _to(web_search=replace(search, on=False)), "web_search")
    for at, server in enumerate(options.mcp):
        if server.on:
            off = (*options.mcp[:at], replace(server, on=False), *options.mcp[at + 1 :])
            yield Chip(f"mcp-{server.label}", f"MCP: {server.label}", _to(mcp=off), "mcp")


def _request(options: Options) -> Iterator[Chip]:
    cache = options.cache
    if cache.breakpoints:
        label = f"cache: {', '.join(cache.breakpoints)}"
        yield Chip("cache", label, _to(cache=replace(cache, breakpoints=())), "cache.breakpoints")
    if cache.key:
        yield Chip("cache-key", "cache key", _to(cache=replace(cache, key="")), "cache.key")
    if options.extra_body:
        yield Chip("extra_body", f"extra body: {', '.join(options.extra_body)}", _to(extra_body={}))
    if options.limits != Limits():
        yield Chip("limits", "own time limits", _to(limits=Limits()))


def _to(**fields: Any) -> Callable[[Options], Options]:
    return lambda options: replace(options, **fields)


def _reset(reset: Callable[[Options], Options]) -> None:
    setup = session.current().setup
    session.save_setup(replace(setup, options=reset(setup.options)))

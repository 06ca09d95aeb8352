"""A Messages request, read and refused as Anthropic does (wire-format notes, 4.1).

Stricter than the service in three points: unknown fields are always refused, tools must be there as long as the
history has calls, and a thinking model wants its thoughts before every call of the turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.models import find_model
from callsmith.demo.wires.anthropic_checks import (
    DOCS,
    check_cache,
    check_closed,
    check_tag,
    need,
    need_list,
    need_object,
    need_text,
    no_extra,
    one_of,
)
from callsmith.demo.wires.anthropic_history import read_history
from callsmith.demo.wires.anthropic_tools import read_choice, read_servers, read_tools
from callsmith.demo.wires.base import Route
from callsmith.types.features import ResponseSchema
from callsmith.types.message import Thread

MAX_OUTPUT = 128_000
MAX_BREAKPOINTS = 4
LEAST_BUDGET = 1024
_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}$")
EFFORTS = ("low", "medium", "high", "xhigh", "max")
_FIELDS = frozenset(
    (
        *("model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "stream"),
        *("stop_sequences", "temperature", "top_p", "top_k", "metadata", "service_tier", "cache_control"),
        *("mcp_servers", "container", "inference_geo"),
    )
)


def read_ask(document: Any, seed: str, today: date, route: Route) -> Ask:
    version = route.headers.get("anthropic-version")
    if version is None:
        raise Refused("anthropic-version: header is required")
    if not _VERSION.match(version):
        raise Refused(f'anthropic-version: "{version}" is not a valid version')
    document = need_object(document, "body")
    no_extra(document, _FIELDS)
    model = need_text(document, "model", "")
    known = find_model(model)
    if known is None:
        raise Refused(f"model: {model}", status=404)
    limit = _limit(document, model)
    thinks = _thinks(document, limit)
    on = known.thinks if thinks is None else thinks
    offered = read_tools(document)
    choice, parallel = read_choice(document, offered, thinks=on)
    _check_sampling(document, thinks=on)
    system, marks = _system(document)
    history = read_history(need(document, "messages", ""), model, thinks=on)
    if history.uses_tools and not offered.tools:
        raise Refused("Requests which include `tool_use` or `tool_result` blocks must define tools.")
    found = offered.breakpoints + marks + history.breakpoints + check_cache(document, "")
    if found > MAX_BREAKPOINTS:
        raise Refused(f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided. Found {found}.")
    cached = len(history.messages) if document.get("cache_control") else history.cached
    return Ask(
        model=model,
        thread=Thread(system, history.messages),
        seed=seed,
        today=today,
        tools=offered.tools,
        choice=choice,
        parallel=parallel,
        max_tokens=limit,
        stop=_stop(document),
        stream=document.get("stream") is True,
        include_usage=True,
        thinks=thinks,
        shows=(document.get("thinking") or {}).get("display") != "omitted",
        response=_response(document),
        searches=offered.searches,
        servers=read_servers(document, offered, route.headers.get("anthropic-beta", "")),
        pauses=True,
        goes_on=history.goes_on,
        cached=cached if found and cached >= 0 else 0 if found else -1,
        document=document,
    )


def _limit(document: Mapping[str, Any], model: str) -> int:
    limit = need(document, "max_tokens", "")
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise Refused("max_tokens: Input should be a valid integer")
    if limit < 1:
        raise Refused("max_tokens: Input should be greater than or equal to 1")
    if limit > MAX_OUTPUT:
        raise Refused(
            f"max_tokens: {limit} > {MAX_OUTPUT}, which is the maximum allowed number of output tokens for {model}"
        )
    return limit


def _thinks(document: Mapping[str, Any], limit: int) -> bool | None:
    """None where the request does not say."""
    thinking = document.get("thinking")
    if thinking is None:
        return None
    thinking = need_object(thinking, "thinking")
    kind = check_tag(thinking, "thinking", ("adaptive", "disabled", "enabled"))
    if kind == "disabled":
        return False
    if thinking.get("display") is not None:
        one_of(thinking["display"], f"thinking.{kind}.display", ("summarized", "omitted"))
    if kind == "enabled":
        budget = need(thinking, "budget_tokens", "thinking.enabled")
        if not isinstance(budget, int) or isinstance(budget, bool):
            raise Refused("thinking.enabled.budget_tokens: Input should be a valid integer")
        if budget < LEAST_BUDGET:
            raise Refused(f"thinking.enabled.budget_tokens: Input should be greater than or equal to {LEAST_BUDGET}")
        if budget >= limit:
            raise Refused(
                "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
                f"{DOCS}#max-tokens-and-context-window-size"
            )
    return True


def _check_sampling(document: Mapping[str, Any], *, thinks: bool) -> None:
    for name in ("temperature", "top_p"):
        value = document.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Refused(f"{name}: Input should be a valid number")
        if not 0 <= value <= 1:
            raise Refused(f"{name}: range: 0..1")
    if not thinks:
        return
    consult = f"Please consult our documentation at {DOCS}#important-considerations-when-using-extended-thinking"
    if document.get("temperature") not in (None, 1):
        raise Refused(f"`temperature` may only be set to 1 when thinking is enabled. {consult}")
    if document.get("top_p") is not None and document["top_p"] < 0.95:
        raise Refused(f"`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. {consult}")
    if document.get("top_k") is not None:
        raise Refused(f"`top_k` must be unset when thinking is enabled. {consult}")


def _system(document: Mapping[str, Any]) -> tuple[str, int]:
    system = document.get("system")
    if system is None or isinstance(system, str):
        return system or "", 0
    texts, marks = [], 0
    for place, block in enumerate(need_list(system, "system")):
        block = need_object(block, f"system.{place}")
        check_tag(block, f"system.{place}", ("text",))
        text = need_text(block, "text", f"system.{place}")
        if not text:
            raise Refused("system: text content blocks must be non-empty")
        texts.append(text)
        marks += check_cache(block, f"system.{place}")
    return "\n\n".join(texts), marks


def _stop(document: Mapping[str, Any]) -> tuple[str, ...]:
    stops = need_list(document.get("stop_sequences") or [], "stop_sequences")
    if not all(isinstance(text, str) and text.strip() for text in stops):
        raise Refused("stop_sequences: each stop sequence must contain non-whitespace")
    return tuple(stops)


def _response(document: Mapping[str, Any]) -> ResponseSchema | None:
    """``output_config``: how much effort, which is only checked, and the asked schema."""
    config = need_object(document.get("output_config") or {}, "output_config")
    no_extra(config, ("effort", "format"), "output_config")
    if config.get("effort") is not None:
        one_of(config["effort"], "output_config.effort", EFFORTS)
    if config.get("format") is None:
        return None
    given = need_object(config["format"], "output_config.format")
    one_of(given.get("type"), "output_config.format.type", ("json_schema",))
    schema = need_object(need(given, "schema", "output_config.format"), "output_config.format.schema")
    check_closed(schema, "output_config.format.schema")
    return ResponseSchema(schema)

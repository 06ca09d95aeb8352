"""The More tab of the options: prompt caching, extra fields of the body, time limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith import offer
from callsmith.connection_form import holds_key
from callsmith.schema.text import read, write
from callsmith.types.connection import Target
from callsmith.types.features import Breakpoint, Cache
from callsmith.types.options import Limits, Options
from callsmith.wire.registry import WIRES
from components.chat import option_fields as fields

_BREAKPOINTS: Mapping[Breakpoint, str] = {
    "tools": "the tools",
    "system": "the system prompt",
    "messages": "the messages",
}
_TTL = {"5m": "5 minutes", "1h": "1 hour"}
_LIMITS = (
    ("connect", "Connect"),
    ("first_byte", "First byte"),
    ("between_bytes", "Between bytes"),
    ("total", "Whole reply"),
)


def request_options(options: Options, target: Target) -> None:
    _caching(options.cache, target)
    fields.text(
        st,
        "Extra body",
        "option-extra_body",
        options.extra_body,
        fields.field("extra_body"),
        parse=_object,
        write=lambda body: write(dict(body)) if body else "",
        placeholder='{"service_tier": "flex"}',
        help="A JSON object merged last into the request, key by key",
        lines=4,
    )
    _time_limits(options.limits)


def _caching(cache: Cache, target: Target) -> None:
    label = WIRES[target.wire].label
    if offer.has(target, "cache.breakpoints"):
        left, right = st.columns([2, 1])
        fields.several(
            left,
            "Cache the prompt up to the end of",
            "option-cache-breakpoints",
            _BREAKPOINTS,
            cache.breakpoints,
            _break,
            placeholder="Nothing is cached",
            help="The prompt is read in the order tools, system prompt, messages; a cache point covers all before it",
        )
        fields.choice(right, "Kept for", "option-cache-ttl", _TTL, cache.ttl, _cache("ttl"))
    elif offer.has(target, "cache.key"):
        fields.text(
            st,
            "Cache key",
            "option-cache-key",
            cache.key,
            _cache("key"),
            placeholder="None",
            help="Requests with one key and one beginning meet the same cache more often",
        )
    else:
        st.caption(f"Prompt caching: {label} has nothing to set here.")


def _time_limits(limits: Limits) -> None:
    st.caption("Time limits in seconds")
    for column, (field, label) in zip(st.columns(4), _LIMITS, strict=True):
        fields.number(
            column,
            label,
            f"option-limit-{field}",
            float(getattr(limits, field)),
            _limit(field),
            low=1.0,
            high=7200.0,
            step=1.0,
        )


def _limit(field: str) -> fields.Apply:
    """An empty field goes back to its default: no reply waits for ever."""

    def apply(options: Options, seconds: Any) -> Options:
        value = getattr(Limits(), field) if seconds is None else seconds
        return replace(options, limits=replace(options.limits, **{field: value}))

    return apply


def _break(options: Options, chosen: Any) -> Options:
    """In the order in which the prompt is read, whatever the order of the clicks."""
    ordered = tuple(name for name in _BREAKPOINTS if name in chosen)
    return replace(options, cache=replace(options.cache, breakpoints=ordered))


def _cache(part: str) -> fields.Apply:
    return lambda options, value: replace(options, cache=replace(options.cache, **{part: value}))


def _object(typed: str) -> Mapping[str, Any]:
    value = read(typed) if typed.strip() else {}
    if not isinstance(value, dict):
        raise ValueError('The extra body is a JSON object, for example {"service_tier": "flex"}')
    if holds_key(typed):
        raise ValueError("The extra body seems to hold a key; it is stored, so it must not")
    return value

"""The Search tab of the options: the provider's own web search, as far as the format lets one shape it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith import offer
from callsmith.mcp_form import words
from callsmith.types.connection import Target
from callsmith.types.features import WebSearch
from callsmith.types.options import Options
from callsmith.wire.registry import WIRES
from components.chat import option_fields as fields
from components.words import joined

_SIZES = {"": fields.DEFAULT, "low": "low", "medium": "medium", "high": "high"}
_PLACE = (("city", "City", "Oslo"), ("region", "Region", "Oslo"), ("country", "Country", "NO"))


def search_options(search: WebSearch | None, target: Target) -> None:
    if not offer.has(target, "web_search"):
        label = WIRES[target.wire].label
        st.caption(f"Web search: nothing is known for {target.model or 'this model'} in {label}.")
        return
    fields.toggle(
        "Web search",
        "option-web-search",
        search is not None and search.on,
        lambda options, on: replace(options, web_search=replace(options.web_search or WebSearch(), on=on)),
        help="The provider searches by itself and cites what it found; it may charge for each search",
    )
    if search is None or not search.on:
        return
    _how(search, target)
    if offer.has(target, "web_search.place"):
        _where(search)
    lacks = {
        "context_size": "search size",
        "max_uses": "limit on searches",
        "allowed_domains": "domains to search",
        "blocked_domains": "domains to leave out",
        "place": "place",
    }
    absent = [word for part, word in lacks.items() if not offer.has(target, f"web_search.{part}")]
    if absent:
        st.caption(f"{WIRES[target.wire].label} has no {joined(absent, 'or')} here.")


def _how(search: WebSearch, target: Target) -> None:
    left, right = st.columns(2)
    if offer.has(target, "web_search.context_size"):
        fields.choice(
            left,
            "How much is read",
            "option-web-size",
            _SIZES,
            search.context_size,
            _part("context_size"),
            help="How much of what is found the model gets to read",
        )
    if offer.has(target, "web_search.max_uses"):
        fields.number(
            left, "Searches at most", "option-web-uses", search.max_uses, _part("max_uses"), low=1, high=100, step=1
        )
    for place, part, label in (
        (right, "allowed_domains", "Only these domains"),
        (st, "blocked_domains", "Not these domains"),
    ):
        if offer.has(target, f"web_search.{part}"):
            fields.text(
                place,
                label,
                f"option-web-{part}",
                getattr(search, part),
                _part(part),
                parse=_domains,
                write=", ".join,
                placeholder="example.com, docs.example.com",
            )


def _where(search: WebSearch) -> None:
    for column, (part, label, example) in zip(st.columns(3), _PLACE, strict=True):
        fields.text(
            column, label, f"option-web-{part}", getattr(search, part), _part(part), placeholder=f"Such as {example}"
        )
    fields.text(
        st, "Time zone", "option-web-timezone", search.timezone, _part("timezone"), placeholder="Such as Europe/Oslo"
    )


def _domains(typed: str) -> tuple[str, ...]:
    domains = words(typed)
    odd = next((domain for domain in domains if "://" in domain), None)
    if odd is not None:
        raise ValueError("A domain is written without https://, such as example.com")
    return domains


def _part(name: str) -> fields.Apply:
    def apply(options: Options, value: Any) -> Options:
        return replace(options, web_search=replace(options.web_search or WebSearch(), **{name: value}))

    return apply

"""One condition of a rule: which test, of which argument, against what."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith.answering.rules import check_condition
from callsmith.schema import text
from callsmith.schema.text import TextError
from callsmith.types.answering import Condition, Rule
from components.answers import settings
from components.answers.items import Items
from components.answers.rule_words import TESTS, spoken_path, wants_text
from components.answers.settings import Settings
from components.tools.desk import LIVE
from components.words import plain

_LABELS = {"equals": "Value", "contains": "Text, entry or key", "regex": "Expression"}


def condition_row(
    here: Settings, items: Items, item_id: str, place: int, one: Condition, paths: Mapping[str, Any]
) -> None:
    key = here.key(f"when-{item_id}-{place}")
    changed: dict[str, Any] = {
        "on_change": _changed,
        "args": (items, item_id, place, key, wants_text(paths.get(one.at))),
    }
    with st.container(key=key, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            if one.test != "nth":
                options = list(dict.fromkeys(["", *paths, one.at]))
                st.selectbox(
                    "Argument",
                    options,
                    key=settings.choice(here.tool_id, f"{key}-at", one.at),
                    format_func=spoken_path,
                    accept_new_options=True,
                    help="One of the tool's arguments, or type a JSON path such as $.items[0].name",
                    width=190,
                    **changed,
                )
            st.selectbox(
                "Test",
                list(TESTS),
                key=settings.choice(here.tool_id, f"{key}-test", one.test),
                format_func=lambda test: TESTS[test],
                width=170,
                **changed,
            )
            _against(here, key, one, paths, changed)
            st.button(
                "Remove",
                key=f"{key}-remove",
                type="tertiary",
                help="Take this condition away",
                on_click=_remove,
                args=(items, item_id, place),
            )
        with st.container():
            reason = check_condition(one)
            if reason:
                st.caption(f":red[:material/error: {plain(reason)}] This condition never holds.")
            for field in ("low", "high", "value"):
                settings.refusal(here.tool_id, f"{key}-{field}")


def _against(here: Settings, key: str, one: Condition, paths: Mapping[str, Any], changed: dict[str, Any]) -> None:
    match one.test:
        case "equals" | "contains" | "regex":
            as_text = one.test == "regex" or wants_text(paths.get(one.at))
            st.text_input(
                _LABELS[one.test],
                **_bound(here.tool_id, f"{key}-value", one.value, as_text),
                live=LIVE,
                help=None if as_text else 'JSON (5, true, "5", ["a"]), else it is text',
                width="stretch",
                **changed,
            )
        case "range":
            for field, label in (("low", "From"), ("high", "To")):
                value = getattr(one, field)
                st.text_input(
                    label,
                    **_bound(here.tool_id, f"{key}-{field}", value, as_text=False),
                    live=LIVE,
                    placeholder="open",
                    width=110,
                    **changed,
                )
        case "nth":
            st.text_input(
                "In this conversation",
                **_bound(here.tool_id, f"{key}-value", one.value, as_text=False),
                live=LIVE,
                placeholder="1, 2, 3 …",
                width=150,
                **changed,
            )


def _bound(tool_id: str, key: str, value: Any, as_text: bool) -> dict[str, Any]:
    """Load an input, unless what stands in it means the value already, however it is written."""
    typed = st.session_state.get(key)
    means_it = isinstance(typed, str) and _same(_read(typed, as_text), value)
    return settings.entry(tool_id, key, typed if means_it else written(value, as_text))


def written(value: Any, as_text: bool) -> str:
    """A value as it is typed: text without quotes wherever it is read back as the same text."""
    if value is None:
        return ""
    if isinstance(value, str) and _same(_read(value, as_text), value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(typed: str, as_text: bool) -> Any:
    if as_text:
        return typed
    if not typed.strip():
        return None
    try:
        return text.read(typed)
    except TextError:
        return typed


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one) == json.dumps(other)


def _changed(items: Items, item_id: str, place: int, key: str, as_text: bool) -> None:
    """Read every input of the row: two can report in one go."""
    tool_id = items.tool_id

    def read(one: Condition) -> Condition:
        test = st.session_state.get(f"{key}-test", one.test)
        if test != one.test:
            return replace(Condition(test, one.at), value=1 if test == "nth" else _kept_value(one, test))
        at = st.session_state.get(f"{key}-at", one.at) or ""
        if test == "range":
            low, high = (_number(tool_id, f"{key}-{field}", getattr(one, field)) for field in ("low", "high"))
            return replace(one, at=at, low=low, high=high)
        value = one.value
        if f"{key}-value" in st.session_state and test != "present":
            value = _read(st.session_state[f"{key}-value"], as_text or test == "regex")
        if test == "nth" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            settings.refuse(tool_id, f"{key}-value", "Calls are counted 1, 2, 3")
            return one
        settings.accept(tool_id, f"{key}-value")
        return replace(one, at=at, value=value)

    _put(items, item_id, place, read)


def _kept_value(one: Condition, test: str) -> Any:
    """What was typed for one test goes on to another that takes the same."""
    if test in ("equals", "contains") and one.test in ("equals", "contains", "regex"):
        return one.value
    return one.value if test == "regex" and isinstance(one.value, str) else "" if test == "regex" else None


def _number(tool_id: str, key: str, before: float | None) -> float | None:
    value = _read(st.session_state.get(key) or "", as_text=False) if key in st.session_state else before
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        settings.accept(tool_id, key)
        return value
    settings.refuse(tool_id, key, f"{value} is not a number")
    return before


def _put(items: Items, item_id: str, place: int, how: Callable[[Condition], Condition]) -> None:
    def change(rule: Rule) -> Rule:
        if place >= len(rule.when):
            return rule
        return replace(rule, when=(*rule.when[:place], how(rule.when[place]), *rule.when[place + 1 :]))

    items.change(item_id, change, f"when {place}")


def _remove(items: Items, item_id: str, place: int) -> None:
    settings.forget(items.tool_id)
    items.change(item_id, lambda rule: replace(rule, when=(*rule.when[:place], *rule.when[place + 1 :])), "")

"""Rules: an ordered list, the first that fits answers. With what makes the first ones, and a tester below."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from callsmith.schema.errors import SchemaError
from callsmith.schema.sample import CannotSample, sample
from callsmith.types.answering import Condition, Reply, Rule
from callsmith.types.tool import Tool
from components.answers import rule_record, rule_tester
from components.answers.items import Items
from components.answers.rule_row import rule_row
from components.answers.rule_words import arguments
from components.answers.settings import Settings
from components.words import count

NOT_FOUND = Rule(Reply('{"error": "not found"}', is_error=True))


def render(here: Settings) -> None:
    items = Items(here.tool_id, "rules")
    rules, paths = here.answering.rules, arguments(here.tool)
    order = items.order()
    if rules:
        st.markdown(f"**{count(len(rules), 'rule')}** :gray[from the top; the first that fits answers]")
    else:
        st.caption(
            "No rules yet. A rule says: if the arguments are like this, the result is that. "
            "A call that no rule fits waits for you."
        )
    for place, item_id in enumerate(order.ids):
        rule_row(here, items, item_id, place, paths)
    with st.container(horizontal=True, key=here.key("rules-add")):
        if rules:
            st.button(
                "Add a rule",
                key=here.key("rule-add"),
                icon=":material/add:",
                help="It stands before the rule for everything else, where there is one",
                on_click=items.add,
                args=([_first(here.tool, paths)], _place(rules)),
            )
        else:
            st.button(
                "Begin with a sample",
                key=here.key("rule-begin"),
                type="primary",
                help="Two rules to change: a result that fits the output schema, and an error for everything else",
                on_click=items.add,
                args=([_first(here.tool, paths), NOT_FOUND],),
            )
        if not any(rule.on and not rule.when for rule in rules):
            st.button(
                "Everything else: error",
                key=here.key("rule-rest"),
                icon=":material/add:",
                help='Calls that no rule fits get the error "not found" instead of waiting',
                on_click=items.add,
                args=([NOT_FOUND],),
            )
    rule_record.recorder(here, items)
    if rules:
        rule_tester.tester(here)


def _place(rules: tuple[Rule, ...]) -> int:
    return next((n for n, rule in enumerate(rules) if rule.on and not rule.when), len(rules))


def _first(tool: Tool, paths: Mapping[str, Any]) -> Rule:
    """A rule to change: for one value of the first argument, with a result that fits."""
    path = next(iter(paths), "")
    result: Any = {"status": "ok"}
    if tool.output_schema is not None:
        try:
            result = sample(tool.output_schema)
        except (CannotSample, SchemaError):
            result = {"status": "ok"}
    reply = Reply(json.dumps(result, indent=2, ensure_ascii=False))
    return Rule(reply, (Condition("equals", path, _value(tool, path)),) if path else ())


def _value(tool: Tool, path: str) -> Any:
    """What a sample call gives for an argument at the top."""
    try:
        call = sample(tool.parameters or {"type": "object"})
    except (CannotSample, SchemaError):
        return None
    return call.get(path.removeprefix("$.")) if isinstance(call, dict) else None

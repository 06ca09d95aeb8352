"""One rule: folded to a line, or open with its conditions and its reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith.answering.rules import check_condition
from callsmith.types.answering import Condition, Reply, Rule
from components.answers import settings
from components.answers.area import area
from components.answers.condition_row import condition_row
from components.answers.content import not_json_filled, short
from components.answers.items import Items
from components.answers.reply_notes import reply_notes
from components.answers.rule_words import spoken_path, title, told, unreachable
from components.answers.settings import Settings
from components.tools.desk import LIVE
from components.words import count, plain

UP, DOWN, COPY, DELETE = "Move up", "Move down", "Duplicate", "Delete"
MOST_DELAY = 60.0


def rule_row(here: Settings, items: Items, item_id: str, place: int, paths: Mapping[str, Any]) -> None:
    rule = here.answering.rules[place]
    is_open = item_id in items.order().opened
    with st.container(border=True, key=here.key(f"rule-{item_id}"), gap="xsmall"):
        _head(here, items, item_id, place, is_open)
        with st.container(gap=None):
            if not is_open:
                _short(rule)
            _warnings(here.answering.rules, place)
        if is_open:
            with st.container(gap="small"):
                _body(here, items, item_id, rule, paths)


def _head(here: Settings, items: Items, item_id: str, place: int, is_open: bool) -> None:
    rules = here.answering.rules
    rule = rules[place]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        key = here.key(f"rule-on-{item_id}")
        st.toggle(
            plain(title(rule, place + 1)),
            key=settings.choice(here.tool_id, key, rule.on),
            width="stretch",
            help=None if rule.on else "Off: it is passed over",
            on_change=_set_on,
            args=(items, item_id, key),
        )
        st.button(
            "Close" if is_open else "Edit",
            key=here.key(f"rule-open-{item_id}"),
            type="tertiary",
            on_click=items.fold,
            args=(item_id,),
        )
        ways = [UP] * (place > 0) + [DOWN] * (place < len(rules) - 1) + [COPY, DELETE]
        menu = here.key(f"rule-menu-{item_id}")
        st.menu_button("More", ways, key=menu, type="tertiary", on_click=_from_menu, args=(items, item_id, menu, place))


def _short(rule: Rule) -> None:
    error = ":red-badge[error] " if rule.reply.is_error else ""
    when = f"{plain(told(rule))}  \n" if told(rule) else ""
    st.caption(f"{when}{error}{plain(short(rule.reply.content)) or 'an empty result'}")


def _warnings(rules: tuple[Rule, ...], place: int) -> None:
    rule = rules[place]
    if not rule.on:
        st.caption("Off: it is passed over.")
        return
    before = unreachable(rules, place)
    if before is not None:
        st.caption(
            f":orange[:material/warning: Never reached:] rule {before + 1} answers everything else. Move this one up."
        )
    broken = sum(bool(check_condition(one)) for one in rule.when)
    if broken:
        st.caption(f":red[:material/error: Never fits:] {count(broken, 'condition')} cannot hold.")


def _body(here: Settings, items: Items, item_id: str, rule: Rule, paths: Mapping[str, Any]) -> None:
    name = here.key(f"rule-name-{item_id}")
    st.text_input(
        "Name",
        **settings.entry(here.tool_id, name, rule.name),
        live=LIVE,
        placeholder="Optional; a result says which rule made it",
        on_change=_rename,
        args=(items, item_id, name),
    )
    st.markdown("**If** :gray[all of these hold]" if rule.when else "**If** :gray[nothing before it fits]")
    for number, condition in enumerate(rule.when):
        condition_row(here, items, item_id, number, condition, paths)
    st.button(
        "Add a condition",
        key=here.key(f"rule-when-{item_id}"),
        icon=":material/add:",
        type="tertiary",
        on_click=_add_condition,
        args=(items, item_id, next(iter(paths), "")),
    )
    st.markdown("**Then reply**")
    area(
        "Result",
        rule.reply.content,
        key=here.key(f"rule-reply-{item_id}"),
        keep=lambda typed: _reply(items, item_id, "content", content=typed),
        placeholder='JSON or text; {{city}} quotes the argument "city"',
    )
    with st.container(gap="xsmall"):
        reply_notes(here.tool, rule.reply, paths)
    _beside(here, items, item_id, rule.reply, paths)


def _beside(here: Settings, items: Items, item_id: str, reply: Reply, paths: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        quote = here.key(f"rule-quote-{item_id}")
        if paths:
            st.menu_button(
                "Quote an argument",
                list(paths),
                key=quote,
                format_func=spoken_path,
                help="Puts what the model gave into the result",
                on_click=_quote,
                args=(items, item_id, quote),
            )
        error = here.key(f"rule-error-{item_id}")
        st.checkbox(
            "Return as error",
            key=settings.choice(here.tool_id, error, reply.is_error),
            on_change=_set_error,
            args=(items, item_id, error),
        )
        delay = here.key(f"rule-delay-{item_id}")
        st.number_input(
            "Delay, seconds",
            min_value=0.0,
            max_value=MOST_DELAY,
            step=0.5,
            **settings.entry(here.tool_id, delay, float(reply.delay)),
            width=150,
            on_change=_set_delay,
            args=(items, item_id, delay),
        )


def _from_menu(items: Items, item_id: str, menu: str, place: int) -> None:
    match st.session_state[menu]:
        case "Move up":
            items.move(item_id, -1)
        case "Move down":
            items.move(item_id, 1)
        case "Duplicate":
            items.copy(item_id)
        case "Delete":
            items.delete(item_id, f"Deleted rule {place + 1}")


def _set_on(items: Items, item_id: str, key: str) -> None:
    items.change(item_id, lambda rule: replace(rule, on=st.session_state[key]), "on")


def _rename(items: Items, item_id: str, key: str) -> None:
    items.change(item_id, lambda rule: replace(rule, name=st.session_state[key]), "name")


def _add_condition(items: Items, item_id: str, path: str) -> None:
    items.change(item_id, lambda rule: replace(rule, when=(*rule.when, Condition("equals", path))), "")


def _reply(items: Items, item_id: str, step: str, **to: Any) -> None:
    items.change(item_id, lambda rule: replace(rule, reply=replace(rule.reply, **to)), step)


def _set_error(items: Items, item_id: str, key: str) -> None:
    _reply(items, item_id, "error", is_error=st.session_state[key])


def _set_delay(items: Items, item_id: str, key: str) -> None:
    _reply(items, item_id, "delay", delay=float(st.session_state[key] or 0))


def _quote(items: Items, item_id: str, key: str) -> None:
    path = st.session_state[key]
    items.change(
        item_id,
        lambda rule: replace(rule, reply=replace(rule.reply, content=quoting(rule.reply.content, path))),
        "",
    )


def quoting(content: str, path: str) -> str:
    """A result that quotes an argument too: as one more field of an object, else at its end."""
    name = spoken_path(path)
    quote = f"{{{{{name}}}}}"
    body = content.strip()
    if not body.startswith("{") or not body.endswith("}") or not_json_filled(body):
        return f"{content}{' ' if content and not content[-1].isspace() else ''}{quote}"
    field = next(one for one in (name, *(f"{name}_{n}" for n in range(2, 1000))) if json.dumps(one) not in body)
    inside = body[:-1].rstrip()
    comma, space = "" if inside == "{" else ",", "\n  " if "\n" in body else " " if inside != "{" else ""
    end = "\n}" if "\n" in body else "}"
    return f"{inside}{comma}{space}{json.dumps(field)}: {quote}{end}"

"""A call of the tool before any model makes one: a sample that fits, inputs to fill in by hand, a box to paste into.

The arguments are one JSON document, seen as inputs and as text. Until someone changes it, it is the sample of the
schema as it stands, and follows each edit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from callsmith.calls import judge, schema_of
from callsmith.schema import fill, text
from callsmith.schema.fill import Field
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.tool_document import tool_of
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool
from components import loaded
from components.live_text import live_text, typed
from components.state import ui
from components.tools.desk import LIVE, Desk
from components.words import plain, spoken

_TYPES = {"text": "text", "json": "JSON", "choice": "one of a list"}


STEP = 30


@dataclass(slots=True)
class _Call:
    """``value`` is the last arguments that could be read, ``error`` what is wrong with ``shown`` where it cannot.
    ``own``: a person changed them. ``refused`` is by widget key: what was typed, and why it was not taken over."""

    shown: str
    value: Any
    error: str = ""
    seed: int = 0
    own: bool = False
    all_fields: bool = True
    drawn: int = STEP
    revision: int = 0
    refused: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def put(self, value: Any) -> None:
        self.value, self.shown, self.error = value, text.write(value), ""
        self.revision += 1


def render(here: Desk) -> None:
    tool = tool_of(here.editing.document)
    if tool.type == "custom":
        st.caption("A free-text tool is called with text, not with arguments, so there is nothing to fill in.")
        return
    schema = schema_of(tool)
    call, trouble = _call(here.tool_id, schema)
    if trouble:
        st.warning(plain(trouble), icon=":material/warning:")
    left, right = (st.container(), st.container()) if ui().narrow else st.columns(2, gap="medium")
    with left:
        _head(here.tool_id, call, schema)
        _inputs(here.tool_id, call, schema)
    with right:
        _text(here.tool_id, call, tool)


def _call(tool_id: str, schema: Mapping[str, Any]) -> tuple[_Call, str]:
    """The call on this desk, renewed from the schema while it is nobody's own; and why there is no sample."""
    key = f"call-{tool_id}"
    call: _Call = st.session_state.setdefault(key, _Call("{}", {}))
    heard = typed(f"{key}-json", call.revision)
    if heard is not None and heard != call.shown:
        _read(call, heard)
    if call.own:
        return call, ""
    try:
        value = sample(schema, call.seed, optional=call.all_fields)
    except CannotSample as error:
        return call, f"There is no sample: {error.reason}"
    if not text.same(value, call.value):
        call.put(value)
    return call, ""


def _read(call: _Call, heard: str) -> None:
    call.shown, call.own = heard, True
    try:
        call.value, call.error = text.read(heard), ""
        call.refused.clear()
    except text.TextError as error:
        call.error = str(error)


def _head(tool_id: str, call: _Call, schema: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Another sample",
            key=f"call-next-{tool_id}",
            icon=":material/casino:",
            help="Other values that fit the schema, in place of what was filled in",
            on_click=_another,
            args=(tool_id,),
        )
        st.checkbox(
            "Optional fields too",
            key=loaded.choice(f"call-all-{tool_id}", call.all_fields),
            on_change=_with_optional,
            args=(tool_id,),
        )
    whose = "Filled in by hand" if call.own else f"Sample {call.seed + 1}, follows the schema"
    st.caption(f"{whose}. Required fields have a star.")


def _another(tool_id: str) -> None:
    call: _Call = st.session_state[f"call-{tool_id}"]
    call.seed, call.own, call.refused = call.seed + 1, False, {}


def _with_optional(tool_id: str) -> None:
    call: _Call = st.session_state[f"call-{tool_id}"]
    call.all_fields, call.own = st.session_state[f"call-all-{tool_id}"], False


def _inputs(tool_id: str, call: _Call, schema: Mapping[str, Any]) -> None:
    tree = fill.fields(schema, call.value)
    if not tree:
        st.caption("This tool takes no arguments.")
    left = [call.drawn]
    for one in tree:
        _field(tool_id, call, one, left)
    total = sum(1 for _ in fill.flat(tree))
    if total > call.drawn:
        label = f"Show {min(STEP, total - call.drawn)} more of {total} fields"
        st.button(label, key=f"call-more-{tool_id}", on_click=_more, args=(tool_id,))
    elif total >= fill.MAX_FIELDS - 1:
        st.caption(f"The first {total} fields are shown; the rest is in the JSON.")


def _more(tool_id: str) -> None:
    call: _Call = st.session_state[f"call-{tool_id}"]
    call.drawn += STEP


def _field(tool_id: str, call: _Call, one: Field, left: list[int]) -> None:
    """``left`` holds how many more fields are drawn: a page of hundreds of inputs is slow to draw."""
    if left[0] <= 0:
        return
    left[0] -= 1
    with st.container(gap="xsmall", key=f"call-field-{tool_id}{one.pointer}"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _input(tool_id, call, one)
            _beside(tool_id, one)
        said = [plain(words) for words in (one.description, one.limits) if words]
        key = _key(tool_id, one)
        if key in call.refused:
            st.markdown(f":small[:red[:material/error: {plain(call.refused[key][1])}. Not taken over.]]")
        if said:
            st.caption(" · ".join(said))
        if one.branches and one.given:
            st.selectbox(
                f"Form of {one.name}",
                one.alternatives,
                key=loaded.choice(f"{key}-form", one.alternatives[one.chosen]),
                on_change=_change,
                args=(tool_id, one, "choose"),
            )
        if one.given and one.kind in ("object", "array"):
            _inside(tool_id, call, one, left)


def _inside(tool_id: str, call: _Call, one: Field, left: list[int]) -> None:
    with st.container(border=True, gap="small"):
        for child in one.children:
            _field(tool_id, call, child, left)
        if one.kind == "array":
            st.button(
                f"Add an entry to {one.name}",
                key=f"{_key(tool_id, one)}-add",
                icon=":material/add:",
                type="tertiary",
                on_click=_change,
                args=(tool_id, one, "append"),
            )
        elif not one.children:
            st.caption("Empty")


def _input(tool_id: str, call: _Call, one: Field) -> None:
    label = f"{one.name} *" if one.required and not one.removable else one.name
    key = _key(tool_id, one)
    changed: dict[str, Any] = {"on_change": _change, "args": (tool_id, one, "put")}
    if not one.given or one.kind in ("object", "array", "null"):
        words = {True: "null" if one.kind == "null" else "", False: " · not given"}[one.given]
        st.markdown(f"{plain(label)} :gray[{plain(words)}]", width="stretch")
    elif one.kind == "choice":
        options = [json.dumps(value, ensure_ascii=False) for value in one.choices]
        now = json.dumps(one.value, ensure_ascii=False)
        st.selectbox(label, options, key=loaded.choice(key, now), format_func=_unquoted, **changed)
    elif one.kind == "boolean":
        st.toggle(label, key=loaded.choice(key, one.value), width="stretch", **changed)
    elif one.kind == "text":
        st.text_input(label, **loaded.entry(key, one.value), live=LIVE, **changed)
    else:
        shown = call.refused[key][0] if key in call.refused else json.dumps(one.value, ensure_ascii=False)
        words = _TYPES.get(one.kind, one.kind)
        st.text_input(f"{label} ({words})", **loaded.entry(key, shown), live=LIVE, **changed)


def _unquoted(option: str) -> str:
    value = json.loads(option)
    return value if isinstance(value, str) and value else option


def _beside(tool_id: str, one: Field) -> None:
    """An optional property can be left out, an entry of a list removed."""
    key = _key(tool_id, one)
    if one.removable:
        st.button(
            "Remove",
            key=f"{key}-remove",
            type="tertiary",
            icon=":material/delete:",
            on_click=_change,
            args=(tool_id, one, "take"),
        )
    elif not one.required:
        st.checkbox(
            "give",
            key=loaded.choice(f"{key}-given", one.given),
            help=f"{one.name} is optional: without the tick it is left out",
            on_change=_change,
            args=(tool_id, one, "take" if one.given else "give"),
        )


def _key(tool_id: str, one: Field) -> str:
    return f"call-in-{tool_id}{one.pointer}"


def _change(tool_id: str, one: Field, what: str) -> None:
    call: _Call = st.session_state[f"call-{tool_id}"]
    schema = schema_of(tool_of(st.session_state[f"desk-{tool_id}"].editing.document))
    key = _key(tool_id, one)
    changes: dict[str, Callable[[], Any]] = {
        "put": lambda: fill.put(call.value, one, _entered(one, st.session_state[key])),
        "give": lambda: fill.give(schema, call.value, one),
        "take": lambda: fill.take(call.value, one),
        "append": lambda: fill.append(schema, call.value, one),
        "choose": lambda: fill.choose(schema, call.value, one, one.alternatives.index(st.session_state[f"{key}-form"])),
    }
    try:
        value = changes[what]()
    except text.TextError as error:
        call.refused[key] = (st.session_state[key], f"Not JSON: {error.message}")
        return
    except ValueError as error:
        call.refused[key] = (st.session_state[key], str(error))
        return
    call.refused.pop(key, None)
    call.own = True
    call.put(value)


def _entered(one: Field, shown: Any) -> Any:
    if one.kind in ("text", "boolean"):
        return shown
    value = text.read(shown)
    if one.kind in ("number", "integer") and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{shown} is not a number")
    return value


def _text(tool_id: str, call: _Call, tool: Tool) -> None:
    asked = replace(_ASKED, name=tool.name, arguments=call.shown)
    st.markdown("**What the model would ask for**")
    st.markdown(spoken(asked))
    live_text(
        "Arguments as JSON: paste any to check them",
        call.shown,
        key=f"call-{tool_id}-json",
        revision=call.revision,
        on_change=_heard,
        rows=max(8, min(30, call.shown.count("\n") + 2)),
        invalid=bool(call.error),
    )
    verdict = judge(asked, {tool.name: tool})
    if call.error:
        st.error(f"{plain(call.error)}. The text is kept; the inputs show the last arguments that could be read.")
    elif verdict.valid:
        st.success("These arguments fit the schema.", icon=":material/rule:")
    else:
        st.error("  \n".join(plain(note) for note in verdict.notes[:8]) or "These arguments could not be checked.")


_ASKED = ToolCall("", "", "")


def _heard() -> None:
    """The text is taken in where the call is drawn; the callback only makes the page run again."""

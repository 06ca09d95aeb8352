"""The editor of one tool: form and JSON beside each other, two views of one document."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from callsmith.schema.editing import Editing, Version
from callsmith.schema.lint import Finding, lint
from callsmith.schema.places import Mark, offset, places
from callsmith.schema.tool_document import tool_of
from components import services
from components.json_editor import LEAST_LINES, json_editor
from components.state import ui
from components.tools import findings, home
from components.tools.desk import LIVE, Desk, choice, desk, entry, json_key, listen, set_field, step
from components.tools.grammar import grammar
from components.tools.panels import panels
from components.tools.rows import LOCKED, parameter_rows
from components.words import plain

FORM, BOTH, JSON = "Form", "Both", "JSON"
ARGUMENTS, FREE_TEXT = "Arguments", "Free text"
_VIEW = "tool-view"
MOST_LINES = 80
# Rules about what a model chooses a tool by, which say nothing of a reply schema.
_OF_TOOLS = ("description-missing", "description-useless", "description-short", "name-reserved")


def editor(tool_id: str, beside: Collection[str] = ()) -> None:
    """Draw the editor. ``beside`` are the ids of the tools that a request offers together with this one."""
    here = desk(tool_id)
    if here is None:
        st.info("This tool is not in the library. It may have been deleted.", icon=":material/info:")
        return
    listen(here)
    if home.is_response(tool_id):
        # No model chooses a reply schema by its description.
        linted = lint(tool_of(here.editing.document))
        found = tuple(finding for finding in linted if finding.rule not in _OF_TOOLS)
    else:
        records = services.store().tools_with([tool_id, *beside])
        found = findings.of_records(records, together=True).get(tool_id, ())
    view = _toolbar(here)
    if view == BOTH:
        left, right = st.columns([0.56, 0.44], gap="medium")
        with left:
            _form(here, found)
        with right:
            _json(here, found)
    elif view == FORM:
        _form(here, found)
    else:
        _json(here, found)
    panels(here)


def _toolbar(here: Desk) -> str:
    narrow = ui().narrow
    views = [FORM, JSON] if narrow else [FORM, BOTH, JSON]
    editing = here.editing
    if st.session_state.get(_VIEW) not in views:
        st.session_state[_VIEW] = FORM if narrow else BOTH
    with st.container(horizontal=True, vertical_alignment="center", key="tool-toolbar"):
        view = st.segmented_control(
            "View", views, key=_VIEW, label_visibility="collapsed", required=True, persist_state="session"
        )
        st.button(
            "Undo",
            key="tool-undo",
            icon=":material/undo:",
            disabled=not editing.past,
            help=None if editing.past else "Nothing to undo yet",
            on_click=step,
            args=(here.tool_id, Editing.undone),
        )
        st.button(
            "Redo",
            key="tool-redo",
            icon=":material/redo:",
            disabled=not editing.future,
            help=None if editing.future else "Nothing was undone",
            on_click=step,
            args=(here.tool_id, Editing.redone),
        )
    return str(view)


def _form(here: Desk, found: tuple[Finding, ...]) -> None:
    document, tool_id = here.editing.document, here.tool_id
    with st.container():  # always there, see rows.py
        if here.locked:
            st.warning(
                "The JSON has an error. This is the last valid version; it stays in force until the JSON is mended.",
                icon=":material/lock:",
            )
    response = home.is_response(tool_id)
    name, kind, strict = st.columns([0.4, 0.32, 0.28], vertical_alignment="bottom")
    name.text_input(
        "Name",
        **entry(here, f"tool-name-{tool_id}", document["name"]),
        disabled=here.locked,
        live=LIVE,
        help=LOCKED if here.locked else "Letters, digits, _ and -, at most 64",
        on_change=_set,
        args=(tool_id, "name"),
    )
    custom = document.get("type") == "custom"
    if not response:
        kind.selectbox(
            "Called with",
            [ARGUMENTS, FREE_TEXT],
            key=choice(here, f"tool-type-{tool_id}", FREE_TEXT if custom else ARGUMENTS),
            disabled=here.locked,
            help=LOCKED
            if here.locked
            else "Free text makes it a custom tool (Chat and Responses); other formats offer it with one text argument",
            on_change=_set_type,
            args=(tool_id,),
        )
    strict.toggle(
        "Strict",
        key=choice(here, f"tool-strict-{tool_id}", document.get("strict") is True),
        disabled=here.locked or custom,
        help=LOCKED
        if here.locked
        else "Free text has no schema to be held to"
        if custom
        else f"Asks the provider to hold {'the reply' if response else 'arguments'} to the schema. "
        "OpenAI then wants closed objects with every property required.",
        on_change=_set_strict,
        args=(tool_id,),
    )
    st.text_area(
        "Description",
        **entry(here, f"tool-description-{tool_id}", document.get("description", "")),
        height=96,
        placeholder="What the reply is for; not every format sends this"
        if response
        else "What the tool does and when to use it; the model chooses by this",
        disabled=here.locked,
        on_change=_set,
        args=(tool_id, "description"),
    )
    with st.container():
        findings.findings_list(found, tool_id, here)
    if document.get("type") == "custom":
        grammar(here)
    else:
        st.markdown("**Fields of the reply**" if response else "**Parameters**")
        parameter_rows(here)


def _json(here: Desk, found: tuple[Finding, ...]) -> None:
    now = here.editing.now
    with st.container():
        if now.error is not None:
            st.error(f"{plain(str(now.error))}. The text is kept; the last valid version stays in force.")
            st.button(
                "Back to the last valid version",
                key="tool-json-back",
                icon=":material/undo:",
                on_click=step,
                args=(here.tool_id, Editing.undone),
                help="Redo brings this text back",
            )
    json_editor(
        "JSON",
        now.text,
        key=json_key(here.tool_id),
        revision=here.editing.revision,
        on_change=_heard,
        rows=max(LEAST_LINES, min(MOST_LINES, now.text.count("\n") + 2)),
        invalid=now.error is not None,
        marks=_marks(now, found),
    )


def _marks(now: Version, found: tuple[Finding, ...]) -> list[Mark]:
    """What is wrong, at its place in the text. Findings are about a document and wait until the text is one."""
    if now.error is not None:
        if now.error.line is None or now.error.column is None:
            return []
        start = offset(now.text, now.error.line, now.error.column)
        return [Mark(start, start + 1, "error", now.error.message)]
    if not found:
        return []
    at = places(now.text)
    return [Mark(*at.nearest(one.path).named, one.severity, one.message) for one in found]


def _heard() -> None:
    """The text is taken in where the editor is drawn; the callback only makes the page run again."""


def _set(tool_id: str, name: str) -> None:
    set_field(tool_id, name, st.session_state[f"tool-{name}-{tool_id}"])


def _set_type(tool_id: str) -> None:
    set_field(tool_id, "type", "custom" if st.session_state[f"tool-type-{tool_id}"] == FREE_TEXT else None)


def _set_strict(tool_id: str) -> None:
    set_field(tool_id, "strict", True if st.session_state[f"tool-strict-{tool_id}"] else None)

"""Importing tools: where they come from, what was found there, and which of it to take.

Nothing is imported before it was shown. A text that cannot be read stays where it was typed, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import streamlit as st

from callsmith import mcp_way, settings
from callsmith.execute.fetch import FetchProblem, fetch
from callsmith.execute.mcp import STDIO_OFF, McpProblem, McpTarget, list_tools
from callsmith.importing import KINDS, Imported, ImportProblem, read, read_as
from callsmith.types.answering import Mcp
from callsmith.types.tool import Origin
from components import layout
from components.live_text import live_text, typed
from components.reach import policy
from components.tools.import_preview import preview
from components.words import plain

PASTE, FILE, ADDRESS, MCP = "Paste", "File", "Address", "MCP server"
DETECT = "Find out"
COMMAND, URL = "Command", "Address"
_STATE = "import"
_PLACEHOLDER = """A tool or a list of tools as JSON (OpenAI, Anthropic, Gemini, MCP), a request body, an OpenAPI
document, a curl command, Python functions, or sample arguments"""
_WHAT = (
    "Tools in the shape of OpenAI, Anthropic, Gemini or MCP, a whole request body, OpenAPI and Swagger documents "
    "(JSON or YAML), curl commands, Python functions (read, never run), and sample JSON."
)


@dataclass(slots=True)
class Import:
    """``found`` is what was read last, ``problem`` why there is nothing. ``take`` gets the ids of what was imported;
    ``server`` is the MCP server they were found at."""

    take: Callable[[list[str]], None]
    found: Imported | None = None
    problem: str = ""
    said: str = ""
    chosen: set[str] = field(default_factory=set)
    read: tuple[str, str, str] = ("", "", "")
    server: Mcp | None = None


def open_button(take: Callable[[list[str]], None], key: str = "tool-import") -> None:
    """``take`` gets the ids of the tools that were imported, in their order."""
    st.button("Import", key=key, icon=":material/download:", on_click=_open, args=(take,))


def _open(take: Callable[[list[str]], None]) -> None:
    layout.fold_popovers()
    st.session_state[_STATE] = Import(take)


def dialog() -> None:
    """Draw the dialog while it is open. Once a run, in the main body."""
    if st.session_state.get(_STATE) is not None:
        st.dialog("Import tools", width="large", on_dismiss=_close)(_body)()


def is_open() -> bool:
    return st.session_state.get(_STATE) is not None


def _close() -> None:
    st.session_state[_STATE] = None


def _body() -> None:
    state: Import | None = st.session_state.get(_STATE)
    if state is None:
        st.rerun()
    source = st.segmented_control(
        "From", [PASTE, FILE, ADDRESS, MCP], default=PASTE, key="import-from", required=True, on_change=_forget
    )
    kind = DETECT
    if source in (PASTE, FILE, ADDRESS):
        kind = st.selectbox(
            "What it is",
            [DETECT, *KINDS],
            key="import-kind",
            format_func=lambda one: KINDS.get(one, "Find out by itself"),
            help=_WHAT,
        )
    {PASTE: _paste, FILE: _file, ADDRESS: _address, MCP: _mcp}[str(source)](state, kind)
    if state.problem:
        st.error(plain(state.problem), icon=":material/error:")
        if state.said:
            st.caption("The program said:")
            st.code(state.said, language=None, wrap_lines=True)
    if state.found is not None:
        preview(state.found, state.chosen, state.take, _close, state.server)


def _forget() -> None:
    """Another source: what was found in the last one is gone."""
    state: Import = st.session_state[_STATE]
    state.found, state.problem, state.said, state.read = None, "", "", ("", "", "")


def _paste(state: Import, kind: str) -> None:
    live_text(
        "Paste here",
        "",
        key="import-text",
        revision=0,
        on_change=lambda: None,
        rows=8,
        placeholder=_PLACEHOLDER,
        invalid=bool(state.problem),
    )
    text = typed("import-text") or ""
    if not text.strip():
        _nothing(state)
    elif state.read != (PASTE, kind, text):
        state.read = (PASTE, kind, text)
        _read(state, kind, text, "")


def _file(state: Import, kind: str) -> None:
    uploaded = st.file_uploader("File", key="import-file", help="JSON, JSON lines, YAML, Python; also gzipped")
    if uploaded is None:
        _nothing(state)
    elif state.read != (FILE, kind, uploaded.file_id):
        state.read = (FILE, kind, uploaded.file_id)
        _read(state, kind, uploaded.getvalue(), uploaded.name)


def _nothing(state: Import) -> None:
    state.found, state.problem, state.said, state.read = None, "", "", ("", "", "")


def _address(state: Import, kind: str) -> None:
    with st.form("import-address-form", border=False):
        url = st.text_input("Address of a document", key="import-url", placeholder="https://example.com/openapi.json")
        wanted = st.form_submit_button("Fetch", icon=":material/download:", type="primary")
    if wanted:
        try:
            with st.spinner(f"Fetching {url[:80]}"):
                got = fetch(url, policy())
        except FetchProblem as error:
            state.found, state.problem = None, str(error)
            return
        state.read = (ADDRESS, kind, got.url)
        _read(state, kind, got.data, got.filename or "document", source=got.url)


def _mcp(state: Import, kind: str) -> None:
    way = st.segmented_control("Connect by", [URL, COMMAND], default=URL, key="import-mcp-way", required=True)
    if way == COMMAND and not settings.allows("stdio"):
        st.info(STDIO_OFF, icon=":material/info:")
        _nothing(state)
        return
    with st.form("import-mcp-form", border=False):
        if way == COMMAND:
            line = st.text_input("Command", key="import-mcp-command", placeholder="uvx mcp-server-time")
            headers = ""
        else:
            line = st.text_input("Address", key="import-mcp-url", placeholder="http://localhost:3001/mcp")
            headers = st.text_area(
                "Headers, one a line",
                key="import-mcp-headers",
                placeholder="Authorization: Bearer {{MY_TOKEN}}",
                height=72,
                help="{{NAME}} is replaced by the variable or secret of that name when connecting",
            )
        wanted = st.form_submit_button("Connect", icon=":material/cable:", type="primary")
    if wanted:
        _connect(state, line.strip(), headers, by_command=way == COMMAND)


def _connect(state: Import, line: str, headers: str, *, by_command: bool) -> None:
    state.found, state.problem, state.said = None, "", ""
    try:
        target = McpTarget(command=line) if by_command else McpTarget(url=_filled(line), headers=_headers(headers))
        with st.spinner("Asking the server for its tools"):
            listing = list_tools(target, policy=policy(), stdio=settings.allows("stdio"))
    except McpProblem as error:
        state.problem, state.said = str(error), error.said
        return
    state.read = (MCP, "", listing.server)
    _read(state, "tools", json.dumps({"tools": listing.tools}), "", source=f"MCP server {listing.server}")
    state.server = mcp_way.imported("" if by_command else line, line if by_command else "", headers)


def _headers(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise McpProblem(f'Line {number} of the headers is not of the form "Name: value".')
        found[name.strip()] = _filled(value.strip())
    return found


def _filled(value: str) -> str:
    """``{{NAME}}`` is replaced by the secret of that name."""
    before, opening, rest = value.partition("{{")
    name, closing, after = rest.partition("}}")
    if not opening or not closing:
        return value
    secret = settings.secret(name.strip())
    if secret is None:
        raise McpProblem(f"There is no variable or secret called {name.strip()}.")
    return before + secret + _filled(after)


def _found_at(found: Imported, source: str) -> Imported:
    """The same tools, which remember where they were found."""
    candidates = []
    for one in found.candidates:
        origin = replace(one.tool.origin, source=source) if one.tool.origin else Origin(found.kind, source=source)
        candidates.append(replace(one, tool=replace(one.tool, origin=origin)))
    return replace(found, candidates=tuple(candidates))


def _read(state: Import, kind: str, data: str | bytes, filename: str, source: str = "") -> None:
    state.problem, state.said, state.found, state.server = "", "", None, None
    try:
        with st.spinner("Reading"):
            state.found = read(data, filename) if kind == DETECT else read_as(kind, data, filename)
    except ImportProblem as error:
        state.problem = str(error)
        return
    if source:
        state.found = _found_at(state.found, source)
    usable = [one.id for one in state.found.candidates if not one.refused]
    # A document with hundreds of operations: the person chooses.
    state.chosen = set(usable) if len(usable) <= 20 else set()

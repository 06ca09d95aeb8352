"""The MCP server that answers a tool: where it is, what it is asked, whether it is there, and its live session."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st

from callsmith import mcp_way
from callsmith import settings as surroundings
from callsmith.execute import mcp_sessions
from callsmith.execute.mcp import INSTALL, STDIO_OFF, installed
from callsmith.execute.mcp_check import Check, check
from callsmith.execute.occasion import CannotAnswer
from callsmith.schema.diff import place_in_words
from callsmith.types.answering import Answering, Mcp
from components.answers import settings
from components.answers.headers import headers_area
from components.answers.settings import Settings
from components.reach import reach
from components.words import count, joined, plain

ADDRESS, COMMAND = "Address", "Command"
MOST_SECONDS = 3_600.0
_MOST_NAMED = 60
_NAME_IT = "{{NAME}} is replaced by the variable or secret of that name when the server is asked; its value is not kept"


def render(here: Settings) -> None:
    if not installed():
        st.info(INSTALL, icon=":material/info:")
    mcp = here.answering.mcp or Mcp()
    _where(here, mcp)
    with st.container(horizontal=True, vertical_alignment="top"):
        _line(here, "name", "Name of the tool there", mcp.name, lambda text: "", placeholder=here.tool.name)
        key = here.key("mcp-seconds")
        st.number_input(
            "Time limit in seconds",
            min_value=0.5,
            max_value=MOST_SECONDS,
            step=5.0,
            format="%g",
            **settings.entry(here.tool_id, key, float(mcp.seconds)),
            width=200,
            on_change=_seconds,
            args=(here.tool_id, key),
        )
    if mcp.url or mcp.command:
        _checked(here, mcp)
        _session(here, mcp)


def _where(here: Settings, mcp: Mcp) -> None:
    key = here.key("mcp-way")
    if mcp.url or mcp.command:
        settings.choice(here.tool_id, key, ADDRESS if mcp.url else COMMAND)
    way = st.segmented_control(
        "Connect by",
        [ADDRESS, COMMAND],
        default=None if key in st.session_state else ADDRESS,
        key=key,
        required=True,
        on_change=_switch,
        args=(here.tool_id, key, here.key("mcp-other")),
    )
    if way == COMMAND:
        if not surroundings.allows("stdio"):
            st.info(STDIO_OFF, icon=":material/info:")
            if mcp.command:
                st.text(mcp.command)
            return
        _line(here, "command", "Command", mcp.command, mcp_way.command_problem, "uvx mcp-server-time", _NAME_IT)
        return
    _line(here, "url", "Address", mcp.url, mcp_way.url_problem, "http://localhost:3001/mcp", _NAME_IT)
    kept = mcp_way.lines_of(mcp)
    headers_area(here, "mcp-headers", kept, lambda lines, refused: _headers(here.tool_id, lines, refused))


def _line(
    here: Settings,
    field: str,
    label: str,
    value: str,
    problem: Callable[[str], str],
    placeholder: str,
    help: str | None = None,
) -> None:
    with st.container():
        key = here.key(f"mcp-{field}")
        st.text_input(
            label,
            **settings.entry(here.tool_id, key, value),
            placeholder=placeholder,
            help=help,
            on_change=_text,
            args=(here.tool_id, key, field, problem),
        )
        settings.refusal(here.tool_id, key)


def _checked(here: Settings, mcp: Mcp) -> None:
    kept_at = here.key("mcp-checked")
    if st.button("Check connection", key=here.key("mcp-check"), icon=":material/cable:"):
        with st.spinner("Asking the server for its tools"):
            st.session_state[kept_at] = (mcp, here.tool, _outcome(mcp, here))
    asked, tool, outcome = st.session_state.get(kept_at, (None, None, None))
    if (asked, tool) != (mcp, here.tool) or outcome is None:
        return
    if isinstance(outcome, str):
        st.error(plain(outcome).replace("\n", "  \n"), icon=":material/error:")
    else:
        _told(outcome)


def _outcome(mcp: Mcp, here: Settings) -> Check | str:
    try:
        return check(mcp, here.tool, reach())
    except CannotAnswer as error:
        return str(error)


def _told(found: Check) -> None:
    server = plain(f"{found.server} {found.version}".strip())
    name = plain(found.name)
    st.markdown(f"**{server}** answers (MCP {plain(found.protocol)}) and has {count(len(found.tools), 'tool')}.")
    if not found.found:
        st.warning(f"The tool {name} is not among them.", icon=":material/warning:")
    elif not found.differences:
        st.success(f"{name} is among them, with the same schema.", icon=":material/check:")
    else:
        lines = [f"{plain(_place(one.path))}{plain(one.message)}" for one in found.differences[:20]]
        more = [f"and {len(found.differences) - 20:,} more"] if len(found.differences) > 20 else []
        st.warning(
            f"{name} is among them, and differs from the one here. There:\n"
            + "\n".join(f"- {line}" for line in [*lines, *more]),
            icon=":material/difference:",
        )
    names = [plain(one) for one in found.tools[:_MOST_NAMED]]
    if len(found.tools) > _MOST_NAMED:
        names.append(f"{len(found.tools) - _MOST_NAMED:,} more")
    if names:
        st.caption(f"Its tools: {joined(names)}")


def _place(path: str) -> str:
    words = place_in_words(path)
    return f"{words}: " if words else ""


def _session(here: Settings, mcp: Mcp) -> None:
    state = mcp_sessions.status(mcp)
    if state is None:
        st.caption("No session is open. The first call opens one; it ends after ten minutes without a call.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key=here.key("mcp-session")):
        if state.alive:
            since = datetime.fromtimestamp(state.since).strftime("%H:%M")
            st.markdown(f":green-badge[live] {plain(state.server)}, since {since}, {count(state.calls, 'call')}")
        elif state.problem:
            st.markdown(f":red-badge[ended] {plain(state.problem)}")
        else:
            st.markdown(f":gray-badge[starting] {plain(state.place)}, for {time.time() - state.since:.0f} s")
        if st.button("Restart", key=here.key("mcp-restart"), icon=":material/restart_alt:"):
            _do(lambda: mcp_sessions.restart(mcp, reach()))
        if st.button("Stop", key=here.key("mcp-stop"), icon=":material/stop:", disabled=not state.alive):
            _do(lambda: mcp_sessions.stop(state.id))
    if state.said:
        st.caption("The program said:")
        st.code(state.said, language=None, wrap_lines=True)


def _do(work: Callable[[], None]) -> None:
    """What it came to is shown by the next run."""
    try:
        with st.spinner("Asking the server"):
            work()
    except (CannotAnswer, TimeoutError) as error:
        st.error(plain(str(error) or "The server did not stop in time."), icon=":material/error:")
        return
    st.rerun()


def _change(tool_id: str, how: Callable[[Mcp], Mcp], step: str) -> None:
    def changed(now: Answering) -> Answering:
        mcp = how(now.mcp or Mcp())
        return now if mcp == Mcp() and now.mcp is None else replace(now, mcp=mcp)

    settings.change(tool_id, changed, step)


def _text(tool_id: str, key: str, field: str, problem: Callable[[str], str]) -> None:
    typed = str(st.session_state[key] or "").strip()
    if why := problem(typed):
        settings.refuse(tool_id, key, why)
        return
    settings.accept(tool_id, key)
    # Only one of the two places is in use.
    fields: dict[str, Any] = {"url": {"url": typed, "command": ""}, "command": {"url": "", "command": typed}}
    _change(tool_id, lambda now: replace(now, **fields.get(field, {field: typed})), f"mcp-{field}")


def _seconds(tool_id: str, key: str) -> None:
    seconds = float(st.session_state[key] or Mcp().seconds)
    _change(tool_id, lambda now: replace(now, seconds=seconds), "mcp-seconds")


def _headers(tool_id: str, lines: str, refused: dict[str, tuple[str, str]]) -> None:
    if why := mcp_way.headers_problem(lines):
        refused[""] = (lines, why)
        return
    refused.clear()
    _change(tool_id, lambda now: replace(now, headers=mcp_way.headers_of(lines)), "mcp-headers")


def _switch(tool_id: str, key: str, other_key: str) -> None:
    """The place that was in use waits under the other button for this browser session."""
    to_command = st.session_state[key] == COMMAND
    now = settings.kept(tool_id).mcp or Mcp()
    waiting = str(st.session_state.get(other_key) or "")
    st.session_state[other_key] = now.url if to_command else now.command
    command, url = (waiting, "") if to_command else ("", waiting)
    _change(tool_id, lambda now: replace(now, url=url, command=command), "")

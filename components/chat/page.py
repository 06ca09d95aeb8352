"""The Playground, composed: header, transcript, live reply, the panel beside it, and the composer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from callsmith.advice.types import Context
from callsmith.conversation import Conversation, may_ask
from callsmith.job import Job
from callsmith.notes import Fix, ways_out
from callsmith.store import ExchangeInfo
from callsmith.types.problem import Problem
from components import layout, services, sidebar
from components.chat import actions, drafts, matrix, runs, session
from components.chat.answering_live import Places
from components.chat.answering_live import watch as watch_tools
from components.chat.arms_view import arms_button, arms_dialog
from components.chat.code_export import code_dialog
from components.chat.composer import composer, continue_button
from components.chat.conversation_menu import menu
from components.chat.empty import empty_page
from components.chat.endings import EARLY_ENDS
from components.chat.error_card import error_card
from components.chat.format_switch import format_switch
from components.chat.live import watch
from components.chat.loop_panel import ended_card, limits_caption, loop_popover, progress
from components.chat.message_menu import deleted_row, insert_popover
from components.chat.next_tokens import next_tokens
from components.chat.notes_row import notes_row
from components.chat.option_chips import chip_row
from components.chat.options import options_popover
from components.chat.parts import draw_said
from components.chat.session import Opened
from components.chat.transcript import MODEL_AVATAR, USER_AVATAR, Transcript
from components.chat.variables import variables_popover
from components.connections import picker
from components.inspect import timeline
from components.inspect.compare import compare_dialog
from components.inspect.request_panel import request_panel
from components.present import place
from components.state import ui
from components.tools import panel as tools_panel
from components.usage import panel as usage_panel
from components.viewport import is_narrow
from components.words import count, measured, plain


def render() -> None:
    """While a reply arrives, it is drawn first and the rest of the page right behind its first token: the
    rest is on the screen already, from the run before."""
    place.go_if_asked()
    session.follow_url()
    # The job first: a reply that ends in between is then in the conversation that is read next.
    run = runs.active(ui().conversation_id or "")
    job = _mine(ui().conversation_id)
    opened = session.current()
    narrow = is_narrow()
    header = st.container(key="header")
    left, right = (st.container(), None) if narrow else st.columns([0.62, 0.38], gap="medium")
    with left:
        areas = _Areas()
    places = Places(opened.conversation.id) if run is not None and job is None else None

    def rest() -> Any:
        infos = services.store().exchange_turn_info(opened.conversation.id) if opened.exists else {}
        ordered = sorted(infos.values(), key=lambda info: info.marks.started)
        sidebar.render(here=True)
        with header:
            _header(opened, ordered, narrow=narrow, going=job is not None or run is not None)
        _conversation(areas, opened, infos, ordered, going=job is not None or run is not None, places=places)
        if right is not None:
            with right:
                layout.side_panel(lambda: _panel(opened, ordered))
        tools_panel.dialogs()
        code_dialog(opened)
        arms_dialog(opened.conversation, infos)
        matrix.dialog(opened.conversation, lambda: runs.plan_of(opened))
        compare_dialog(opened.conversation, lambda: session.ask_of(opened.setup, opened.conversation))
        if job is None and run is None:
            notes_row(opened, session.ask_of(opened.setup, opened.conversation))
        status = composer(job, drafts.slots(opened.conversation) if job is None and run is None else [], run)
        if status is not None and run is not None:
            status.caption(progress(run.snapshot()))
        _announce(opened, job)
        return status

    if run is not None and places is not None:
        watch_tools(run, places, rest())
        st.rerun()
    if job is None:
        rest()
        return
    areas.nothing_yet.empty()
    areas.after.empty()
    _asked(areas, opened.conversation)
    with areas.live, st.chat_message("assistant", avatar=MODEL_AVATAR):
        live = st.container(key="live")
    watch(job, live, rest, data=opened.setup.options.active().response is not None)
    if not job.committed.wait(2.0):
        said = live.empty()
        while not job.committed.wait(1.0):
            said.warning(f"This reply is not saved yet, trying again: {job.save_error}", icon=":material/save:")
    st.rerun()


class _Areas:
    """Fixed places in the conversation column, top down. Some can be emptied: what the last run drew there
    would else stay, greyed, until a streaming run ends."""

    def __init__(self) -> None:
        self.nothing_yet = st.empty()
        self.transcript = st.container(key="transcript")
        self.asked = st.empty()
        self.live = st.empty()
        self.after = st.empty()


def _asked(areas: _Areas, conversation: Conversation) -> None:
    """The message the reply is for, outside the transcript so that it can be drawn before it."""
    node = conversation.nodes[conversation.head] if conversation.head is not None else None
    if node is not None and node.message.role == "user":
        with areas.asked, st.chat_message("user", avatar=USER_AVATAR):
            draw_said(node.message, node.id[:12])


def _mine(conversation_id: str | None) -> Job | None:
    """The job that runs for this conversation in this process, whoever started it."""
    if not conversation_id:
        return None
    known = services.jobs().get(ui().exchange_id or "")
    if known is not None and not known.done:
        return known
    running = services.store().running_exchange(conversation_id)
    return services.jobs().get(running) if running is not None else None


def _header(opened: Opened, ordered: Sequence[ExchangeInfo], *, narrow: bool, going: bool) -> None:
    target = session.target_of(opened.setup)
    if opened.exists:
        with st.container(horizontal=True, vertical_alignment="center", key="title-row"):
            st.markdown(f"**{plain(opened.conversation.title or 'Untitled')}**", width="content")
            menu(opened)
            arms_button(opened.conversation)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picker.render(opened.setup, session.save_setup)
        options_popover(opened.setup, target, session.offered(opened.setup, session.tools_of(opened.setup)))
        if narrow:
            on = sum(1 for use in opened.setup.tools if use.on)
            label = f"Tools {on}, request, usage"
            folded = st.popover(label, icon=":material/dock_to_left:", key=layout.PANEL, on_change="rerun")
            if folded.open:
                with folded:
                    _panel(opened, ordered)
    with st.container(horizontal=True, vertical_alignment="center", key="format-row"):
        format_switch(opened.setup, target)
        chip_row(opened.setup, target)
        picker.note(opened.setup)
        if session.connection_is_gone(opened.setup):
            words = f"The connection that was chosen here was deleted; {plain(target.connection.name)} is asked instead"
            st.caption(f":orange[:material/warning:] {words}", width="content")
        variables_popover(opened)
        loop_popover(opened)
        limits_caption(opened.setup, session.answering_of(opened.setup))
        if not going:
            next_tokens(opened, {info.id: info for info in ordered})
    if ui().notice:
        st.warning(ui().notice, icon=":material/info:")


def _conversation(
    areas: _Areas,
    opened: Opened,
    infos: dict[str, ExchangeInfo],
    ordered: Sequence[ExchangeInfo],
    *,
    going: bool,
    places: Places | None,
) -> None:
    """``going``: a reply arrives or tools run. ``places``: where the tools that run are told of."""
    conversation = opened.conversation
    if conversation.head is None:
        with areas.nothing_yet.container():
            deleted_row(conversation)
            empty_page(conversation)
        return
    tools = {tool.name: tool for tool in session.tools_of(opened.setup).values()}
    with areas.transcript:
        response = opened.setup.options.active().response
        Transcript(conversation, infos, tools, running=going, response=response, places=places).draw()
    if places is not None:
        areas.asked.empty()
        areas.live.empty()
        areas.after.empty()
    elif not going:
        areas.asked.empty()
        areas.live.empty()
        with areas.after.container(key="after"):
            _after(opened, ordered)


def _after(opened: Opened, ordered: Sequence[ExchangeInfo]) -> None:
    """What stands below the last message: an error, Continue, or a way to ask again."""
    conversation = opened.conversation
    head = conversation.head
    if ordered and ordered[-1].state == "running":
        st.caption(":material/more_horiz: A reply is arriving in another process.")
        st.button("Look again", key="look-again", icon=":material/refresh:", on_click=actions.look_again)
        return
    last = next((info for info in reversed(ordered) if head in (info.node_id, info.parent_id)), None)
    failed = last is not None and last.problem is not None and (last.node_id == head or last.node_id is None)
    if failed and last is not None and last.problem is not None:
        context = _context(last, has_tools=bool(opened.setup.tools))
        fixes = _ways_out(last, last.problem, opened)
        error_card(last.problem, context, attempts=last.attempts, key="problem", fixes=fixes)
    elif last is not None and last.node_id is None and last.state == "finished":
        why = EARLY_ENDS.get(last.finish or "", f"finish reason {last.finish or 'not reported'}")
        st.info(
            f"The model ended without an answer ({why}). {measured(last.usage, last.marks)}", icon=":material/info:"
        )
    _earlier_replies(conversation)
    deleted_row(conversation)
    _ended(conversation.id, waiting=bool(drafts.slots(conversation)))
    continue_button(drafts.slots(conversation), conversation)
    if not failed:
        asked = not may_ask(conversation) and not actions.is_paused(conversation)
        st.button(
            "Ask for a reply" if asked else "Retry",
            key="retry",
            type="primary" if asked else "tertiary",
            icon=":material/refresh:",
            on_click=actions.retry,
            help=None if asked else "Ask again for this reply; this one is kept as an arm",
        )
        if asked:
            insert_popover([tool.name for tool in session.tools_of(opened.setup).values()])


def _ended(conversation_id: str, *, waiting: bool) -> None:
    """Where the turn ran by itself and stands still now."""
    run = services.loop().get(conversation_id)
    snapshot = run.snapshot() if run is not None else None
    if snapshot is not None and snapshot.ended is not None:
        ended_card(snapshot.ended, snapshot, waiting=waiting)


def _ways_out(info: ExchangeInfo, problem: Problem, opened: Opened) -> tuple[Fix, ...]:
    """None once another model or format was chosen: asking again is a way out of its own then."""
    ask = session.ask_of(opened.setup, opened.conversation)
    if (ask.target.wire, ask.target.model) != (info.wire, info.model):
        return ()
    return ways_out(problem, opened.setup, ask.target, ask.tools, opened.conversation)


def _earlier_replies(conversation: Conversation) -> None:
    """A retry that brought nothing leaves the head above the replies there were: the way back to them."""
    below = [node.id for node in conversation.nodes.values() if node.parent == conversation.head]
    if below:
        st.button(
            "Back to the earlier reply",
            key="back-to-reply",
            icon=":material/undo:",
            on_click=actions.switch_arm,
            args=(below[-1],),
        )


def _context(info: ExchangeInfo, *, has_tools: bool) -> Context:
    """Advice is about the connection that was asked, whatever the picker shows now."""
    asked = next((item for item in services.connections() if item.name == info.connection), None)
    return Context(asked, info.model, info.wire, has_tools)


def _panel(opened: Opened, ordered: Sequence[ExchangeInfo]) -> None:
    # Labels that never change: a tab whose label changes loses its place.
    tools, request, usage, times = st.tabs(
        ["Tools", "Request", "Usage", "Timeline"], key="panel-tabs", on_change="rerun"
    )
    if tools.open:
        with tools:
            tools_panel.render(opened.setup, session.save_setup)
    if request.open:
        with request:
            request_panel(opened.conversation, session.ask_of(opened.setup, opened.conversation), ordered)
    if usage.open:
        with usage:
            usage_panel.render(opened.conversation, {info.id: info for info in ordered})
    if times.open:
        with times:
            timeline.render(opened.conversation, ordered)


def _announce(opened: Opened, job: Job | None) -> None:
    """For screen readers: Streamlit has no live region of its own."""
    waiting = 0 if job is not None else len(drafts.slots(opened.conversation))
    leaves = 0 if job is not None else len(drafts.leaves(opened.conversation))
    said = (
        "A reply is arriving"
        if job is not None
        else f"{count(waiting, 'tool call')} waiting for results"
        if waiting
        else f"{count(leaves, 'remote call')} waiting for your leave"
        if leaves
        else ""
    )
    st.html(f'<div role="status" aria-live="polite" style="position:absolute;left:-9999px">{said}</div>')

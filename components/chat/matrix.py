"""The fault matrix of one call: which faults, what it will send, how far it is, and how the model coped with each.

The matrix runs in the engine, so the dialog may be closed and opened again, from any tab. While it runs each row keeps
one line, so that nothing moves; the whole table stands once it has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from callsmith.answering.faults import FAULTS
from callsmith.conversation import Conversation
from callsmith.loop.matrix import SECONDS, STEPS, Matrices, Matrix, Row, Trial, others, requests
from callsmith.loop.matrix_report import as_csv, as_markdown, coped_in_words, cost_in_words, returned_in_words
from callsmith.loop.types import Plan
from callsmith.types.answering import FaultKind
from callsmith.types.parts import ToolCall
from components import layout, services
from components.chat import session
from components.words import count, joined, plain, seconds, spoken

TICKED: tuple[FaultKind, ...] = ("error", "timeout", "empty", "truncated", "wrong_type", "injection")
_STATE = "matrix"
_EVERY = 0.5
_BY = {
    "rules": "by its rules",
    "schema": "by samples",
    "fault": "by its fault",
    "http": "over HTTP, for real",
    "mcp": "by its MCP server, for real",
    "model": "by a model that plays it",
}
_BADGES = {
    "queued": ":gray-badge[:material/schedule: waits for its turn]",
    "running": ":blue-badge[:material/more_horiz: running]",
    "done": ":green-badge[:material/check: done]",
    "stopped": ":gray-badge[:material/stop_circle: stopped]",
    "failed": ":red-badge[:material/error: failed]",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The call the dialog is open for, and the message with it."""

    node_id: str
    call: ToolCall


@st.cache_resource
def matrices() -> Matrices:
    return Matrices()


def matrix_button(node_id: str, call: ToolCall, *, key: str, disabled: bool = False) -> None:
    """Beside a call of the message ``node_id``."""
    st.button(
        "Try faults",
        key=key,
        type="tertiary",
        icon=":material/grid_on:",
        disabled=disabled,
        help="Answer this call once with each fault, in conversations of their own, and see how the model copes",
        on_click=_open,
        args=(Chosen(node_id, call),),
    )


def dialog(conversation: Conversation, plan: Callable[[], Plan]) -> None:
    """Draw the dialog while it is open. Once a run, in the main body. ``plan``: how the conversation asks and who
    answers, as it is now."""
    chosen: Chosen | None = st.session_state.get(_STATE)
    if chosen is None:
        return
    if chosen.node_id not in conversation.nodes:
        _close()
        return
    st.dialog("Fault matrix", width="large", on_dismiss=_close)(_body)(conversation, chosen, plan)


def _open(chosen: Chosen) -> None:
    layout.fold_popovers()
    st.session_state[_STATE] = chosen


def _close() -> None:
    st.session_state[_STATE] = None


def _body(conversation: Conversation, chosen: Chosen, plan: Callable[[], Plan]) -> None:
    st.markdown(spoken(chosen.call))
    matrix = matrices().get(conversation.id, chosen.node_id, chosen.call.id)
    if matrix is None:
        _choose(conversation, chosen, plan())
    elif matrix.done:
        _results(matrix)
    else:
        _running(matrix)


def _choose(conversation: Conversation, chosen: Chosen, plan: Plan) -> None:
    st.caption(
        "The call is answered once as it should be and once with each fault, in conversations of their own. "
        "This one stays as it is."
    )
    faults = []
    for column, part in zip(st.columns(3), (0, 1, 2), strict=True):
        for fault in list(FAULTS)[part * 3 : part * 3 + 3]:
            label, shows = FAULTS[fault]
            if column.checkbox(label, fault in TICKED, key=f"matrix-{fault}", help=shows):
                faults.append(fault)
    first_only = st.toggle(
        "Only this call fails",
        key="matrix-first",
        help="Later calls of the tool get a result that works; otherwise each of them fails in the same way",
    )
    target = plan.ask.target
    least, most = requests(len(faults) + 1)
    st.info(
        f"This sends at least {least} and at most {most} requests to {plain(target.model)} "
        f"through {plain(target.connection.name)}, at the price of that model. "
        f"Each row ends after {STEPS} requests or {SECONDS:g} s."
        + (" A huge result alone is 100 KB, some 25,000 tokens, in each request." if "huge" in faults else ""),
        icon=":material/payments:",
    )
    by = others(plan, chosen.call)
    if by:
        said = [f"{plain(name)} {_BY[way]}" for name, way in list(by.items())[:8]]
        st.caption(f"Other tools answer by themselves: {joined([*said, *(['more'] if len(by) > 8 else [])])}.")
    trial = Trial(conversation.id, chosen.node_id, chosen.call, plan, tuple(faults), first_only)
    st.button(
        f"Start with {count(len(faults), 'fault')}",
        key="matrix-start",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not faults,
        help=None if faults else "Choose at least one fault",
        on_click=_start,
        args=(trial,),
    )


def _start(trial: Trial) -> None:
    matrices().start(services.store(), services.loop(), trial)


@st.fragment(run_every=_EVERY)
def _running(matrix: Matrix) -> None:
    rows = matrix.rows()
    if matrix.done:
        st.rerun()
    ended = sum(1 for row in rows if row.state not in ("queued", "running"))
    st.progress(ended / len(rows), f"{ended} of {count(len(rows), 'row')} ended")
    for row in rows:
        told = coped_in_words(row, matrix.trial.call) if row.coping is not None else plain(row.ended)
        line = f"**{plain(row.label)}** {_BADGES[row.state]} {plain(told[:60])}"
        st.markdown(line.rstrip(), width="stretch")
    st.button("Stop", key="matrix-stop", icon=":material/stop:", help="What has come is kept", on_click=matrix.stop)


def _results(matrix: Matrix) -> None:
    rows, call, trial = matrix.rows(), matrix.trial.call, matrix.trial
    target = trial.plan.ask.target
    stopped = sum(1 for row in rows if row.state == "stopped")
    failed = sum(1 for row in rows if row.state == "failed")
    notes = [f"{number} {word}" for number, word in ((stopped, "stopped"), (failed, "failed")) if number]
    steps, tokens = sum(row.steps for row in rows), sum(row.tokens for row in rows)
    st.caption(
        f"{count(len(rows), 'row')}{f', {joined(notes)}' if notes else ''} · {plain(target.model)} · "
        f"{count(steps, 'request')} · {count(tokens, 'token')} · "
        + ("only this call failed" if trial.first_only else f"every call of {plain(call.name)} failed")
    )
    for number, row in enumerate(rows):
        _row(number, row, call)
    with st.container(horizontal=True):
        _save("Save as CSV", as_csv(rows, call), "csv", "text/csv")
        _save("Save as Markdown", as_markdown(rows, call, target.model), "md", "text/markdown")
        st.button(
            "Try again",
            key="matrix-again",
            icon=":material/refresh:",
            help="Choose faults once more; the conversations of these rows are kept",
            on_click=matrices().forget,
            args=(matrix,),
        )


def _row(number: int, row: Row, call: ToolCall) -> None:
    with st.container(border=True, key=f"matrix-row-{number}"):
        left, right = st.columns([0.8, 0.2], vertical_alignment="center")
        with left:
            badge = "" if row.state == "done" else f" {_BADGES[row.state]}"
            st.markdown(f"**{plain(row.label)}**{badge} {plain(coped_in_words(row, call))}")
            lines = []
            if row.coping is not None:
                lines = [f"Returned: {plain(returned_in_words(row)[:140])}", plain(" ".join(row.coping.facts))]
            figures = (count(row.steps, "request"), count(row.tokens, "token"), seconds(row.seconds))
            lines.append(f"{' · '.join(figures)} · {plain(cost_in_words(row))}" if row.steps else "Nothing was sent")
            st.caption("  \n".join(lines))
        if row.conversation_id and right.button(
            "Open", key=f"matrix-open-{number}", help="This row as a conversation of its own", width="stretch"
        ):
            _close()
            session.show(row.conversation_id)
            st.rerun()


def _save(label: str, text: str, suffix: str, mime: str) -> None:
    st.download_button(
        label,
        text,
        file_name=f"fault-matrix.{suffix}",
        mime=mime,
        key=f"matrix-{suffix}",
        icon=":material/download:",
        on_click="ignore",
    )

"""The Request tab: what would be sent now, and what the last exchange sent and got, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from callsmith import recording
from callsmith.conversation import Conversation
from callsmith.play import Ask, build
from callsmith.reading import read_exchange
from callsmith.redaction import cleaned_turn
from callsmith.store import ExchangeInfo
from callsmith.types.codec import to_json
from callsmith.types.exchange import Exchange
from components import services
from components.inspect import shown
from components.inspect.compare import compare_button
from components.words import count, plain, seconds

_NEXT = "Next request"


def request_panel(conversation: Conversation, ask: Ask, infos: Sequence[ExchangeInfo]) -> None:
    """``infos``: the exchanges of the conversation, oldest first. Those in which a model played a tool stand behind."""
    played = list(services.store().played_info(conversation.id).values())
    choices = [_NEXT, *(info.id for info in (*reversed(infos), *reversed(played)))]
    labels = {info.id: _label(at, info) for at, info in enumerate(infos, 1)}
    labels |= {info.id: f"{info.model} played {info.plays}, {info.state}" for info in played}
    chosen = st.selectbox(
        "Show",
        choices,
        key="request-shown",
        format_func=lambda item: labels.get(item, item),
        label_visibility="collapsed",
    )
    if chosen == _NEXT:
        following = build(ask, conversation)
        shown.request(following, ask.target.connection.key.name, beside=compare_button)
        st.caption("What would be sent if you asked now, without the message you are writing.")
        return
    exchange = services.store().exchange(chosen)
    if exchange is None:
        st.caption("This exchange is no longer kept.")
        return
    asked = next((item for item in services.connections() if item.name == exchange.connection), None)
    key_variable = asked.key.name if asked is not None else ""
    sent, received, timeline = st.tabs(["Sent", "Received", "Times"], key="request-tabs", on_change="rerun")
    if sent.open:
        with sent:
            shown.request(exchange.request, key_variable)
            document = recording.dumps(recording.recording(conversation.id, [exchange]))
            st.download_button(
                "Save as recording",
                document,
                file_name=f"exchange-{exchange.id[:8]}.json",
                mime="application/json",
                icon=":material/download:",
                on_click="ignore",
                help="A file that python -m callsmith replay reads",
            )
    if received.open:
        with received:
            _response(exchange)
    if timeline.open:
        with timeline:
            _times(exchange)


def _label(number: int, info: ExchangeInfo) -> str:
    return f"Exchange {number}: {info.model}, {info.state}"


def _response(exchange: Exchange) -> None:
    if exchange.status is None:
        st.caption("No answer began.")
    else:
        st.markdown(f"Status {exchange.status}, {count(len(exchange.body), 'byte')}")
    view = st.segmented_control(
        "View", ["Raw", "Parsed"], default="Raw", key="response-view", required=True, label_visibility="collapsed"
    )
    if view == "Raw":
        shown.text(exchange.body.decode("utf-8", "replace"), None, key="response-folded")
    else:
        turn = cleaned_turn(read_exchange(exchange), services.engine().logs.redactor)
        shown.text(json.dumps(to_json(turn), indent=2, ensure_ascii=False), key="response-parsed-folded")
        if turn.unknown:
            st.caption(f"{count(len(turn.unknown), 'part')} of the answer had no meaning here and are kept above.")
    with st.expander("Headers"):
        shown.headers(exchange.headers)


def _times(exchange: Exchange) -> None:
    marks = exchange.marks
    rows: list[tuple[str, float | None]] = [
        ("Sent", marks.sent),
        ("First byte", marks.first_byte),
        ("First token", marks.first_token),
        ("Done", marks.done),
    ]
    for name, at in rows:
        st.markdown(f"{name}: {'not reached' if at is None else seconds(at)}")
    for number, attempt in enumerate(exchange.attempts, 1):
        said = (
            f"status {attempt.status}" if attempt.status else plain(attempt.problem.message if attempt.problem else "")
        )
        waited = f", then waited {seconds(attempt.wait)}" if attempt.wait is not None else ""
        st.caption(f"Attempt {number} at {seconds(attempt.at)}: {said}{waited}")

"""One connection as a card: what it is, where its key comes from, and whether it works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from callsmith.connections import BUILT_IN_IDS, DEMO, ENVIRONMENT_ID, lacks_version
from callsmith.models import Model, search
from callsmith.probe import Verdict
from callsmith.types.connection import Connection
from callsmith.wire.registry import WIRES
from components.connections import actions, check, keys, last_models
from components.connections.state import panel
from components.words import count, plain


def card(connection: Connection) -> None:
    with st.container(border=True, key=f"connection-card-{connection.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(connection.name)}**", width="content")
            if connection.id == ENVIRONMENT_ID:
                st.badge("Set by CALLSMITH_BASE_URL", icon=":material/terminal:", color="gray")
        st.caption(_facts(connection))
        if connection.key.source == "session" and keys.typed(connection.id) is None:
            _ask_for_key(connection)
        _buttons(connection)
        _verdict(connection)


def _facts(connection: Connection) -> str:
    formats = ", ".join(WIRES[wire].label if wire in WIRES else wire for wire in connection.wires)
    facts = [
        "embedded in Callsmith" if connection.id == DEMO.id else f"`{connection.base_url}`",
        plain(formats),
        _key_words(connection),
    ]
    if connection.headers:
        facts.append(count(len(connection.headers), "extra header"))
    if connection.extra_body:
        facts.append(count(len(connection.extra_body), "extra body field"))
    return " · ".join(facts)


def _key_words(connection: Connection) -> str:
    words = plain(keys.whereabouts(connection))
    return f":material/key_off: {words}" if keys.is_missing(connection) else words


def _ask_for_key(connection: Connection) -> None:
    st.text_input(
        "Key for this session",
        key=f"{actions.NEW_KEY}-{connection.id}",
        type="password",
        autocomplete="off",
        placeholder="Type or paste the key, then press Enter",
        on_change=actions.type_key,
        args=(connection.id,),
    )


def _buttons(connection: Connection) -> None:
    own = connection.id not in BUILT_IN_IDS
    with st.container(horizontal=True):
        _button(connection, "Test connection", "test", "network_check", actions.test, type="secondary")
        if own:
            _button(connection, "Edit", "edit", "edit", actions.edit)
        if connection.id != DEMO.id:
            _button(connection, "Duplicate", "duplicate", "content_copy", actions.duplicate)
        if own:
            _button(connection, "Delete", "delete", "delete", actions.delete)
        if keys.typed(connection.id) is not None:
            _button(connection, "Forget the key", "forget", "key_off", actions.forget_key)


def _button(
    connection: Connection,
    label: str,
    name: str,
    icon: str,
    on_click: Callable[[str], None],
    *,
    type: Literal["secondary", "tertiary"] = "tertiary",
) -> None:
    key = f"connection-{name}-{connection.id}"
    st.button(label, key=key, icon=f":material/{icon}:", type=type, on_click=on_click, args=(connection.id,))


def _verdict(connection: Connection) -> None:
    state = panel()
    if state.testing == connection.id:
        state.testing = None
        with st.spinner(f"Asking {plain(connection.name)} for its models"):
            state.verdicts[connection.id] = check.judge(connection, last_models.of(connection))
    verdict = state.verdicts.get(connection.id)
    if verdict is None:
        return
    with st.container(key=f"connection-verdict-{connection.id}"):
        if verdict.ok:
            st.markdown(f":green[:material/check_circle: **{plain(verdict.line)}**]")
        else:
            _what_is_wrong(connection, verdict)
        if verdict.models.models:
            _models(connection, verdict.models.models)


def _what_is_wrong(connection: Connection, verdict: Verdict) -> None:
    st.markdown(f":red[:material/error: **{plain(verdict.line)}**]")
    if verdict.advice is not None:
        st.markdown(plain(verdict.advice.cause))
        st.markdown("\n".join(f"- {plain(step)}" for step in verdict.advice.steps))
    problem = verdict.problem
    if problem is None:
        return
    wrong_path = problem.status == 404 or problem.code in ("html", "no_models")
    if wrong_path and lacks_version(connection.base_url) and connection.id not in BUILT_IN_IDS:
        _button(
            connection,
            "Add /v1 and test again",
            "add-version",
            "auto_fix_high",
            actions.add_version,
            type="secondary",
        )
    status = f"Status {problem.status}: " if problem.status else ""
    if problem.kind != "request" and problem.message:
        st.caption(f"{status}{plain(problem.message)}")


def _models(connection: Connection, models: tuple[Model, ...]) -> None:
    folded = st.expander("Models", key=f"connection-models-{connection.id}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        text = st.text_input(
            "Search the models",
            key=f"connection-search-{connection.id}",
            placeholder="For example gpt mini",
            icon=":material/search:",
        )
        found = search(models, text or "")
        st.caption(count(len(found), "model"))
        rows = [
            {
                "Model": model.id,
                "Owned by": model.owned_by,
                "Endpoints": ", ".join(model.endpoint_types),
                "Note": model.note,
            }
            for model in found
        ]
        columns = [name for name in ("Model", "Owned by", "Endpoints", "Note") if any(row[name] for row in rows)]
        st.dataframe(rows, column_order=columns, hide_index=True, height="content" if len(found) <= 10 else 380)

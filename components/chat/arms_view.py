"""All arms of a conversation: the tree, the way to each, and two of them side by side."""

from __future__ import annotations

import difflib

import streamlit as st

from callsmith.arms import Branch, Difference, Said, branches, compare, ends
from callsmith.conversation import Conversation, Node
from callsmith.store import ExchangeInfo
from components import layout
from components.chat import reins
from components.words import count, joined, plain

_OPEN = "arms-open"
_ASPECTS = {"asked": "Asked", "called": "Called", "result": "Result", "answered": "Answered"}
_LONG = 70


def arms_button(conversation: Conversation) -> None:
    """Only where there is more than one arm."""
    number = len(ends(conversation))
    if number > 1:
        st.button(
            count(number, "arm"),
            key="arms",
            type="tertiary",
            icon=":material/account_tree:",
            on_click=_open,
            help="The tree of this conversation, and two arms side by side",
        )


def arms_dialog(conversation: Conversation, infos: dict[str, ExchangeInfo]) -> None:
    if st.session_state.get(_OPEN):
        st.dialog("Arms of this conversation", width="large", on_dismiss=_close)(_body)(conversation, infos)


def _open() -> None:
    layout.fold_popovers()
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state[_OPEN] = False


def _body(conversation: Conversation, infos: dict[str, ExchangeInfo]) -> None:
    if not st.session_state.get(_OPEN):
        # A click in a dialog draws the dialog alone; the page behind it has another arm now.
        st.rerun()
    tree, side_by_side = st.tabs(["Tree", "Side by side"], key="arms-tabs", on_change="rerun")
    names = {end: f"Arm {number}" for number, end in enumerate(ends(conversation), 1)}
    if tree.open:
        with tree:
            for number, branch in enumerate(branches(conversation)):
                _branch(branch, number, names)
    if side_by_side.open:
        with side_by_side:
            _side_by_side(conversation, names, infos)


def _branch(branch: Branch, number: int, names: dict[str, str]) -> None:
    end = branch.nodes[-1].id
    with st.container(horizontal=True, vertical_alignment="center", key=f"branch-{number}"):
        if branch.depth:
            st.space(18 * min(branch.depth, 12))
        said = " → ".join(plain(_short(node)) for node in branch.nodes[:6])
        more = f" → {count(len(branch.nodes) - 6, 'more message')}" if len(branch.nodes) > 6 else ""
        here = ":blue-badge[in view] " if branch.here else ""
        label = f"**{names[end]}** " if end in names else ""
        st.markdown(f":material/{'subdirectory_arrow_right' if branch.depth else 'chat'}: {label}{here}{said}{more}")
        if branch.ends:
            st.button(
                "Show",
                key=f"show-arm-{number}",
                type="tertiary",
                disabled=branch.here,
                help="It is in view" if branch.here else "Bring this arm into view",
                on_click=_show,
                args=(end,),
            )


def _side_by_side(conversation: Conversation, names: dict[str, str], infos: dict[str, ExchangeInfo]) -> None:
    arms = list(names)
    left_column, right_column = st.columns(2)
    here = conversation.head if conversation.head in names else arms[-1]
    with left_column:
        left = st.selectbox("Left", arms, index=arms.index(here), format_func=names.__getitem__, key="arms-left")
    with right_column:
        other = next(arm for arm in reversed(arms) if arm != here)
        right = st.selectbox("Right", arms, index=arms.index(other), format_func=names.__getitem__, key="arms-right")
    found = compare(conversation, left, right)
    differ = sum(not step.same for step in found.steps)
    st.caption(
        f"Both begin with the same {count(found.shared, 'message')}; then {count(differ, 'step')} "
        f"of {len(found.steps)} differ{'s' if differ == 1 else ''}."
        if found.steps
        else "These are the same."
    )
    for column, arm in ((left_column, left), (right_column, right)):
        with column:
            st.caption(_models(conversation, arm, infos))
    for number, step in enumerate(found.steps):
        _step(step, number)


def _step(step: Difference, number: int) -> None:
    with st.container(border=True, key=f"arms-step-{number}"):
        key = next((f" {said.key}" for said in (step.left, step.right) if said is not None and said.key), "")
        badge = ":gray-badge[the same]" if step.same else ":orange-badge[differs]"
        st.markdown(f"**{_ASPECTS[step.aspect]}{plain(key)}** {badge}")
        if step.same and step.left is not None:
            st.code(step.left.text, language=None, wrap_lines=True)
            return
        for column, said, other in zip(st.columns(2), (step.left, step.right), (step.right, step.left), strict=True):
            with column:
                _said(said, other)


def _said(said: Said | None, other: Said | None) -> None:
    if said is None:
        st.caption("Not in this arm")
        return
    st.code(said.text or " ", language=None, wrap_lines=True)
    if other is not None and (words := _only_here(said.text, other.text)):
        st.caption(f"Only here: {plain(words)}")


def _only_here(text: str, other: str) -> str:
    """The lines, or for one line the words, that the other side does not have."""
    pieces = (text.splitlines(), other.splitlines()) if "\n" in text else (text.split(), other.split())
    matcher = difflib.SequenceMatcher(None, *pieces, autojunk=False)
    own = [
        " ".join(pieces[0][a:b]).strip() for tag, a, b, _, _ in matcher.get_opcodes() if tag in ("replace", "delete")
    ]
    told = [piece for piece in own if piece]
    return joined(told[:4]) if told else ""


def _models(conversation: Conversation, arm: str, infos: dict[str, ExchangeInfo]) -> str:
    asked = {
        f"{origin.model} ({info.wire if (info := infos.get(origin.exchange_id)) else origin.wire})"
        for node in conversation.path(arm)
        if (origin := node.message.origin) is not None
    }
    return plain(", ".join(sorted(asked))) or "no model was asked"


def _short(node: Node) -> str:
    message = node.message
    if message.calls:
        return f"calls {joined([call.name for call in message.calls][:3])}"
    if message.results:
        return f"{count(len(message.results), 'result')}"
    text = " ".join((message.text or message.refusal).split())
    who = "you" if message.role == "user" else "model"
    return f'{who}: "{text[:_LONG]}{"…" if len(text) > _LONG else ""}"'


def _show(end: str) -> None:
    _close()
    reins.show_arm(end)

"""The conversation so far: the last turns of the arm in view, drawn from the tree and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from callsmith.conversation import APPROVAL_RESPONSE, Approval, Conversation, Node, is_cut_off
from callsmith.slots import Slot
from callsmith.store import ExchangeInfo
from callsmith.types.features import ResponseSchema
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, ToolCall, ToolResult
from callsmith.types.tool import Tool
from components.chat import actions, drafts, session
from components.chat.answering_live import Places
from components.chat.approvals import approval_card
from components.chat.call_card import call_card
from components.chat.endings import EARLY_ENDS
from components.chat.matrix import matrix_button
from components.chat.message_menu import arguments_editor, call_menu, menu, reply_editor, result_editor
from components.chat.parts import Cards, draw_files, draw_reply, draw_said
from components.chat.result_slot import result_slot
from components.chat.slot_ways import answerers
from components.chat.structured import asked_in
from components.state import WINDOW, ui
from components.usage import costs
from components.words import count, measured, plain

USER_AVATAR = ":material/person:"
MODEL_AVATAR = ":material/smart_toy:"


class Answers:
    """What was answered to one reply: results by call id, the media that follow each, decisions by approval id."""

    def __init__(self, message: Message) -> None:
        self.results: dict[str, ToolResult] = {}
        self.media: dict[str, list[Media]] = {}
        self.allowed: dict[str, bool] = {}
        latest = ""
        for part in message.parts:
            if isinstance(part, ToolResult):
                latest = part.call_id
                self.results[latest] = part
            elif isinstance(part, Media):
                self.media.setdefault(latest, []).append(part)
            elif isinstance(part, Opaque) and part.type == APPROVAL_RESPONSE and isinstance(part.data, Mapping):
                self.allowed[str(part.data.get("approval_request_id"))] = part.data.get("approve") is True


class Transcript:
    """Draws one arm. ``infos`` are the exchanges by id; ``tools`` the conversation's tools by name; ``response``
    the schema its replies are asked to fit now; ``places`` show the calls whose tools run."""

    def __init__(
        self,
        conversation: Conversation,
        infos: Mapping[str, ExchangeInfo],
        tools: Mapping[str, Tool],
        *,
        running: bool,
        response: ResponseSchema | None = None,
        places: Places | None = None,
    ) -> None:
        self._conversation = conversation
        self._infos = infos
        self._tools = tools
        self._running = running
        self._response = response
        self._places = places
        self._costs = costs.by_exchange(conversation.id)
        self._path = conversation.path()
        self._results = {node.parent: node for node in self._path if node.message.role == "tool"}
        self._answers = {
            node.parent: Answers(node.message)
            for node in self._path
            if node.message.role == "tool" and node.parent is not None
        }
        waits = [] if running and places is None else drafts.slots(conversation)
        self._tool_runs = {slot.call.id: slot.key for slot in waits} if running else {}
        self._slots = {} if running else {slot.call.id: slot for slot in waits}
        self._wire = session.target_of(session.current().setup).wire if self._slots else ""
        self._answerers = answerers(conversation, list(self._slots.values()))
        self._leaves = {} if running else {leave.approval.id: leave for leave in drafts.leaves(conversation)}

    def draw(self) -> None:
        shown = self._window()
        hidden = sum(1 for node in self._path[: len(self._path) - len(shown)] if node.message.role == "user")
        if self._running and shown and shown[-1].message.role == "user":
            shown = shown[:-1]
        if hidden:
            st.button(
                f"Show earlier ({count(hidden, 'turn')})",
                key="show-earlier",
                type="tertiary",
                icon=":material/expand_less:",
                on_click=actions.show_earlier,
                args=(2 * WINDOW,),
            )
        for node in shown:
            if node.message.role == "user":
                self._user(node)
            elif node.message.role == "assistant":
                self._assistant(node)

    def _window(self) -> Sequence[Node]:
        """The last turns, each from its user message on."""
        left = ui().shown_turns
        for at in range(len(self._path) - 1, -1, -1):
            if self._path[at].message.role == "user":
                left -= 1
                if left == 0:
                    return self._path[at:]
        return self._path

    def _user(self, node: Node) -> None:
        with st.chat_message("user", avatar=USER_AVATAR):
            if ui().editing == node.id:
                self._editor(node)
                return
            with st.container(horizontal=True, vertical_alignment="top", key=f"user-{node.id[:12]}"):
                with st.container():
                    draw_said(node.message, node.id[:12])
                st.button(
                    "Edit",
                    key=f"edit-{node.id[:12]}",
                    type="tertiary",
                    icon=":material/edit:",
                    disabled=self._running,
                    help="A reply is arriving" if self._running else "Change this message and send it again",
                    on_click=actions.begin_edit,
                    args=(node.id,),
                )
                menu(node, running=self._running)
            self._arms(node)

    def _editor(self, node: Node) -> None:
        key = f"edit-text-{node.id[:12]}"
        draw_files(node.message, node.id[:12])
        st.text_area("Message", value=node.message.text, key=key, label_visibility="collapsed")
        with st.container(horizontal=True):
            st.button(
                "Send as a new arm",
                key="edit-send",
                type="primary",
                icon=":material/send:",
                help="The old arm is kept; arrows on the message switch between them",
                on_click=actions.edit,
                args=(node.id, key),
            )
            st.button("Cancel", key="edit-cancel", on_click=actions.begin_edit, args=(None,))

    def _assistant(self, node: Node) -> None:
        with st.chat_message("assistant", avatar=MODEL_AVATAR):
            cards = Cards(
                call=lambda call, number: self._call(node, call, number),
                approval=lambda asked, number: self._approval(node, asked, number),
            )
            reasoning = self._reasoning(node.message)
            if not reply_editor(node):
                draw_reply(node.message, node.id[:12], cards, reasoning=reasoning, response=self._response)
            with st.container(horizontal=True, vertical_alignment="center", key=f"facts-row-{node.id[:12]}"):
                self._facts(node)
                menu(node, running=self._running)
            self._arms(node)

    def _call(self, node: Node, call: ToolCall, number: int) -> None:
        answers = self._answers.get(node.id)
        slot = self._slots.get(call.id) if node.id == self._conversation.head else None
        origin = node.message.origin
        call_card(
            call,
            self._tools,
            answers.results.get(call.id) if answers is not None else None,
            cut=is_cut_off(node.message, call),
            key=f"call-{node.id[:12]}-{number}",
            answer=self._answer_of(call, slot),
            was_offered=lambda: origin is not None and call.name in asked_in(origin.exchange_id).tools,
            media=answers.media.get(call.id, ()) if answers is not None else (),
            beside=self._beside(node, call, number),
        )
        key, answered = f"{node.id[:12]}-{number}", self._results.get(node.id)
        arguments_editor(node, call, key)
        if answered is not None and answers is not None and call.id in answers.results:
            result_editor(answered, answers.results[call.id], key)

    def _answer_of(self, call: ToolCall, slot: Slot | None) -> Callable[[], None] | None:
        """What stands in the place of the result of a call that has none."""
        places, key = self._places, self._tool_runs.get(call.id)
        if places is not None and key is not None:
            return lambda: places.draw(call.id, key)
        return None if slot is None else lambda: self._waiting(slot)

    def _beside(self, node: Node, call: ToolCall, number: int) -> Callable[[], None] | None:
        """Faults are tried in the last turn only, and with a tool that is there."""
        if self._running:
            return _nothing_beside
        last = max((at for at, one in enumerate(self._path) if one.message.role == "user"), default=0)
        tries = call.name in self._tools and node in self._path[last:]
        key = f"{node.id[:12]}-{number}"

        def draw() -> None:
            if tries:
                matrix_button(node.id, call, key=f"faults-{key}")
            call_menu(node, call, self._results.get(node.id), key)

        return draw

    def _waiting(self, slot: Slot) -> None:
        with st.container():
            result_slot(self._conversation.id, slot, self._wire, self._answerers[slot.key])

    def _approval(self, node: Node, asked: Approval, number: int) -> None:
        answers = self._answers.get(node.id)
        approval_card(
            asked,
            key=f"approval-{node.id[:12]}-{number}",
            leave=self._leaves.get(asked.id) if node.id == self._conversation.head else None,
            allowed=answers.allowed.get(asked.id) if answers is not None else None,
        )

    def _reasoning(self, message: Message) -> int | None:
        info = self._info(message)
        return info.usage.reasoning if info is not None and info.usage is not None else None

    def _facts(self, node: Node) -> None:
        message = node.message
        info = self._info(message)
        usd = self._costs.get(info.id) if info is not None else None
        facts = measured(info.usage, info.marks, usd) if info is not None else "tokens not reported"
        if early := EARLY_ENDS.get(message.finish or ""):
            facts += f" · {early}"
        # At the head a card below says it, with what to do.
        if info is not None and info.state == "interrupted" and node.id != self._conversation.head:
            facts = ":material/link_off: broke off before its end · " + facts
        model = f"{plain(message.origin.model)} · " if message.origin is not None else ""
        st.caption(model + facts, width="content")

    def _info(self, message: Message) -> ExchangeInfo | None:
        return self._infos.get(message.origin.exchange_id) if message.origin is not None else None

    def _arms(self, node: Node) -> None:
        """Where a message was edited or asked for again: which arm this is, and the way to the others."""
        siblings = self._conversation.siblings(node.id)
        if len(siblings) < 2:
            return
        at = [item.id for item in siblings].index(node.id)
        key = node.id[:12]
        with st.container(horizontal=True, vertical_alignment="center", key=f"arms-{key}"):
            for label, icon, other in (
                ("Earlier arm", ":material/chevron_left:", at - 1),
                ("Later arm", ":material/chevron_right:", at + 1),
            ):
                inside = 0 <= other < len(siblings)
                st.button(
                    label,
                    key=f"arm-{'earlier' if other < at else 'later'}-{key}",
                    icon=icon,
                    type="tertiary",
                    disabled=self._running or not inside,
                    help="A reply is arriving" if self._running else None if inside else "There is no other arm there",
                    on_click=actions.switch_arm,
                    args=(siblings[other].id if inside else node.id,),
                )
            st.caption(f"arm {at + 1} of {len(siblings)}")


def _nothing_beside() -> None:
    """In the places of "Try faults" and "More", which would stay in view as long as the script runs."""
    st.empty()
    st.empty()

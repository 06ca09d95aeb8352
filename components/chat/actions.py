"""What the buttons of the Playground do. Callbacks: they run before the page draws itself, so a request
leaves at once. Each takes the conversation as it is now, applies one pure operation, and keeps the result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from callsmith import conversation as pure
from callsmith import slots as places
from callsmith.conversation import Conversation
from callsmith.play import CannotAsk, added
from callsmith.reading import read_exchange
from callsmith.starters import STARTERS, Starter
from callsmith.types.parts import Media, ToolResult
from callsmith.types.setup import Setup, ToolUse
from components import services
from components.chat import attachments, budget, drafts, runs, session
from components.chat.session import Opened
from components.connections.keys import key_for
from components.state import ui

# The key of the draft that keeps what was deleted last, until the conversation goes on.
DELETED = "deleted-messages"
_log = logging.getLogger(__name__)


def send_typed(key: str) -> None:
    """The composer was submitted. What cannot be sent goes back into it, and its files wait above it."""
    submitted = st.session_state[key]
    if submitted is None:
        return
    text, files = (submitted, []) if isinstance(submitted, str) else (submitted.text, submitted.files)
    media, problems = attachments.read_files(files)
    media = [*attachments.held(), *media]
    problems += attachments.not_carried(media, session.target_of(session.current().setup).wire)
    if problems:
        ui().notice = " ".join(problems)
    elif not text.strip() and not media:
        return
    elif send(text, media):
        attachments.hold(())
        return
    attachments.hold(media)
    if text:
        st.session_state[key] = text


def send(text: str, media: Sequence[Media] = ()) -> bool:
    """False when the message could not even be kept."""
    try:
        opened = session.open_or_create()
    except Exception as error:
        return _not_kept(error)
    return advance(opened, pure.say(opened.conversation, text, media))


def continue_turn() -> None:
    """Send the results of all waiting calls, in call order, and what was decided about remote calls; or let a
    paused reply go on."""
    opened = session.current()
    conversation = opened.conversation
    for slot in drafts.slots(conversation):
        drafts.take_typed(conversation.id, slot.key)
    slots, leaves = drafts.slots(conversation), drafts.leaves(conversation)
    if not slots and not leaves:
        if is_paused(conversation):
            advance(opened, conversation)
        else:
            ui().notice = "These calls were answered in another tab."
        return
    if drafts.waiting_for(slots, leaves):
        return
    typed = places.by_hand(services.store(), conversation)
    results: list[ToolResult] = [slot.draft.result(slot.call, typed) for slot in slots]
    media = {slot.call.id: drafts.files_of(conversation.id, slot.draft) for slot in slots}
    approved = {leave.approval.id: leave.choice == drafts.ALLOW for leave in leaves}
    if advance(opened, pure.answer(conversation, results, media=media, approved=approved)):
        drafts.clear(conversation.id, slots, leaves)


def is_paused(conversation: Conversation) -> bool:
    """The message at the head is a reply that goes on when it is sent back as it is."""
    head = conversation.nodes[conversation.head] if conversation.head is not None else None
    return head is not None and head.message.role == "assistant" and not pure.may_ask(conversation)


def retry() -> None:
    """Ask again for the last reply; the one there was stays as an arm of its own."""
    opened = session.current()
    if is_paused(opened.conversation) and _nothing_came(opened.conversation):
        advance(opened, opened.conversation)
    else:
        advance(opened, pure.rewind(opened.conversation))


def way_out(change: Callable[[Setup], Setup]) -> None:
    """Change how this conversation asks in the way an error card offers, and ask again."""
    session.save_setup(change(session.current().setup))
    retry()


def _nothing_came(conversation: Conversation) -> bool:
    """The last exchange asked from the head and brought no reply."""
    infos = services.store().exchange_turn_info(conversation.id)
    last = max(infos.values(), key=lambda info: info.marks.started, default=None)
    return last is not None and last.node_id is None and last.parent_id == conversation.head


def edit(node_id: str, key: str) -> None:
    """Send an earlier message again in other words; the old arm stays."""
    opened = session.current()
    if not is_there(opened.conversation, node_id):
        return
    try:
        after = pure.edit(opened.conversation, node_id, st.session_state[key] or "")
    except ValueError as error:
        ui().notice = f"{error}, so nothing was sent."
        return
    if advance(opened, after):
        ui().editing = None


def begin_edit(node_id: str | None) -> None:
    ui().editing = node_id


def switch_arm(node_id: str) -> None:
    opened = session.current()
    if is_there(opened.conversation, node_id) and not goes_on(opened.conversation.id):
        moved = pure.switch(opened.conversation, node_id)
        services.store().set_head(moved.id, moved.head)


def run_tools(keys: frozenset[str] | None, *, go_on: bool, one_step: bool = False) -> None:
    """Answer waiting calls now: these slots, or with None all that are not answered by hand. ``go_on``: then send the
    results and let the turn go on."""
    opened = session.current()
    for slot in drafts.slots(opened.conversation):
        drafts.take_typed(opened.conversation.id, slot.key)
    ui().notice = runs.answer(opened, keys, go_on=go_on, one_step=one_step)


def go_on_alone() -> None:
    """Go on where the turn was paused, or where a limit ended it."""
    run_tools(frozenset(), go_on=True)


def one_step() -> None:
    run_tools(frozenset(), go_on=True, one_step=True)


def pause_turn() -> None:
    run = runs.active(session.current().conversation.id)
    if run is not None:
        run.pause()


def give_up(conversation_id: str, slot_key: str) -> None:
    """One call that is being answered waits for a person from now on."""
    run = runs.active(conversation_id)
    if run is not None:
        run.cancel_call(slot_key)


def stop_turn() -> None:
    """End what is going on in this conversation and keep what came."""
    stop_all(session.current().conversation.id)


def new_conversation() -> None:
    session.show(None)


def open_conversation(conversation_id: str) -> None:
    session.show(conversation_id)


def delete_conversation() -> None:
    opened = session.current()
    if opened.exists:
        stop_all(opened.conversation.id)
        services.store().delete(opened.conversation.id)
        session.show(None)
        ui().deleted_conversation = (opened.conversation.id, opened.conversation.title or "Untitled")


def restore_conversation(conversation_id: str) -> None:
    services.store().restore(conversation_id)
    ui().deleted_conversation = None
    session.show(conversation_id)


def clear() -> None:
    """Back to the empty beginning of this conversation; every arm can still be found again."""
    opened = session.current()
    if opened.exists:
        stop_all(opened.conversation.id)
        services.store().set_head(opened.conversation.id, None)


def rename(key: str) -> None:
    opened = session.current()
    if opened.exists:
        services.store().rename(opened.conversation.id, st.session_state[key].strip())


def show_earlier(step: int) -> None:
    ui().shown_turns += step


def start(starter_id: str) -> None:
    """Begin with an example: its tools, its prompt, sent at once."""
    starter = next(item for item in STARTERS if item.id == starter_id)
    opened = session.current()
    setup = replace(opened.setup, system=starter.system, tools=_bring_tools(starter))
    session.save_setup(setup)
    send(starter.prompt)


def _bring_tools(starter: Starter) -> tuple[ToolUse, ...]:
    """The starter's tools in the library, added with their prepared answers only where the library has no equal
    one."""
    store = services.store()
    library = store.tools()
    uses = []
    for tool, answering in zip(starter.tools, starter.answers, strict=True):
        tool_id = next((record.id for record in library if record.tool == tool), None)
        if tool_id is None:
            tool_id = store.save_tool(tool)
            store.save_answering(tool_id, answering)
        uses.append(ToolUse(tool_id))
    return tuple(uses)


def look_again() -> None:
    """A reply that ran in another process: take over what it left, if that process is gone."""
    services.store().recover(read_exchange)


def advance(opened: Opened, after: Conversation) -> bool:
    """Keep what is new and ask for the reply. What was said is kept even when nothing can be asked.

    False when nothing was kept, so that the caller can put back what was typed.
    """
    state = ui()
    state.notice = ""
    new = added(opened.conversation.nodes, after)
    if goes_on(after.id):
        return False
    try:
        ask = session.ask_of(opened.setup, after)
        job = services.engine().play.ask(after, ask, key_for(ask.target.connection), new)
        state.exchange_id = job.exchange_id
        services.store().clear_draft(after.id, DELETED)
        runs.follow(replace(opened, conversation=after), ask, job)
        state.notice = budget.warning(opened)
    except CannotAsk as error:
        if new:
            services.store().save_nodes(after.id, new, after.head)
        state.notice = str(error)
    except Exception as error:
        return _not_kept(error)
    return True


def _not_kept(error: Exception) -> bool:
    """The store failed (a locked or full disk): say so; nothing was sent."""
    _log.error("nothing could be kept or sent", exc_info=error)
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    ui().notice = f"This could not be kept, so nothing was sent: {said}. Try again."
    return False


def goes_on(conversation_id: str) -> bool:
    """A reply arrives or tools run, maybe begun in another tab: nothing may be changed below them. Says so."""
    running = services.store().running_exchange(conversation_id)
    going = runs.active(conversation_id) is not None or (
        running is not None and services.jobs().get(running) is not None
    )
    if going:
        ui().notice = "This conversation is going on just now; stop it first or wait for its end."
    return going


def is_there(conversation: Conversation, node_id: str) -> bool:
    found = node_id in conversation.nodes
    if not found:
        ui().notice = "This message is no longer there; the conversation was changed in another tab."
    return found


def stop_all(conversation_id: str) -> None:
    run = runs.active(conversation_id)
    if run is not None:
        run.stop()
    running = services.store().running_exchange(conversation_id)
    job = services.jobs().get(running) if running is not None else None
    if job is not None:
        job.cancel()

"""A conversation is a tree of immutable messages; this file holds every pure operation on it.

A node's id is the hash of its message and its parent, so edit, retry and branch keep both arms, forks
share their prefix, and appending the same node twice is harmless. ``head`` is the end of the arm in
view. What may be sent next is derived, never stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from callsmith.types.codec import to_json
from callsmith.types.message import Message
from callsmith.types.parts import NO_EXTRA, Made, Media, Opaque, Parsed, Part, Text, ToolCall, ToolResult

# Finish reasons, in each format's own words, that may come in the middle of a call's arguments.
_CUT_SHORT = frozenset(
    (
        *("length", "content_filter", "max_output_tokens", "max_tokens", "model_context_window_exceeded", "refusal"),
        *("MAX_TOKENS", "SAFETY"),
    )
)
# The reply stopped in the middle of a server tool's work and goes on when it is sent back as it is (4.2).
PAUSED = "pause_turn"
APPROVAL_REQUEST, APPROVAL_RESPONSE = "mcp_approval_request", "mcp_approval_response"
CANCELLED = '{"error": "cancelled by user"}'
REFUSED = '{"error": "refused by the user"}'


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    parent: str | None
    message: Message


@dataclass(frozen=True, slots=True)
class Conversation:
    """``nodes`` keeps insertion order, which is also the order of siblings."""

    id: str
    title: str = ""
    nodes: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))
    head: str | None = None

    def path(self, head: str | None = None) -> tuple[Node, ...]:
        """The arm that ends at ``head`` (default: the one in view), oldest first."""
        arm: list[Node] = []
        at = head if head is not None else self.head
        while at is not None:
            node = self.nodes[at]
            arm.append(node)
            at = node.parent
        return tuple(reversed(arm))

    def siblings(self, node_id: str) -> tuple[Node, ...]:
        """All nodes with the same parent, the node itself among them, oldest first."""
        parent = self.nodes[node_id].parent
        return tuple(node for node in self.nodes.values() if node.parent == parent)

    def tip(self, node_id: str) -> str:
        """The newest end of the arm below a node: where switching to that arm leads."""
        at = node_id
        while True:
            children = [node.id for node in self.nodes.values() if node.parent == at]
            if not children:
                return at
            at = children[-1]


def node_id(message: Message, parent: str | None) -> str:
    content = json.dumps([parent, to_json(message)], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def append(
    conversation: Conversation, message: Message, parent: str | None = None, *, at_head: bool = True
) -> Conversation:
    """Add a message below the head (or below ``parent`` when ``at_head`` is False) and move the head to it."""
    below = conversation.head if at_head else parent
    if below is not None and below not in conversation.nodes:
        raise KeyError(f"no message {below} in this conversation")
    new = Node(node_id(message, below), below, message)
    nodes = dict(conversation.nodes)
    nodes.setdefault(new.id, new)
    return replace(conversation, nodes=MappingProxyType(nodes), head=new.id)


def is_cut_off(message: Message, call: ToolCall) -> bool:
    """A call whose arguments stop short because the reply did: shown, never answered nor sent back."""
    if not message.cut and message.finish not in _CUT_SHORT:
        return False
    return not isinstance(call.parsed(), Parsed)


def answerable(message: Message) -> tuple[ToolCall, ...]:
    return tuple(call for call in message.calls if not is_cut_off(message, call))


def pending_calls(conversation: Conversation) -> tuple[ToolCall, ...]:
    """The calls that wait for a result: those of the assistant message at the head, in call order."""
    if conversation.head is None:
        return ()
    message = conversation.nodes[conversation.head].message
    return answerable(message) if message.role == "assistant" else ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A call of a remote MCP server that waits for the user's leave. ``arguments`` is the raw string."""

    id: str
    server: str
    name: str
    arguments: str


def approvals(message: Message) -> tuple[Approval, ...]:
    """What a message asks leave for, in its order (Responses, wire-format notes, 8.1)."""
    found = []
    for part in message.parts:
        if isinstance(part, Opaque) and part.type == APPROVAL_REQUEST and isinstance(part.data, Mapping):
            said = [str(part.data.get(name) or "") for name in ("id", "server_label", "name", "arguments")]
            found.append(Approval(*said))
    return tuple(found)


def pending_approvals(conversation: Conversation) -> tuple[Approval, ...]:
    """What the message at the head waits for leave for."""
    return () if conversation.head is None else approvals(conversation.nodes[conversation.head].message)


def answer(
    conversation: Conversation,
    results: Sequence[ToolResult],
    *,
    media: Mapping[str, Sequence[Media]] = NO_EXTRA,
    approved: Mapping[str, bool] = NO_EXTRA,
) -> Conversation:
    """Add the results of all waiting calls as one message, in call order, each followed by its ``media`` (by call
    id); then the answer to every waiting approval, by its id.

    ValueError names what is missing or too many: every waiting call and approval needs exactly one answer.
    """
    asked = [approval.id for approval in pending_approvals(conversation)]
    if set(asked) != set(approved):
        raise ValueError(f"Approvals must match one to one: waiting {asked}, given {list(approved)}")
    waiting = [call.id for call in pending_calls(conversation)]
    given = {result.call_id: result for result in results}
    missing = [call_id for call_id in waiting if call_id not in given]
    surplus = [result.call_id for result in results if result.call_id not in waiting]
    if not (waiting or asked) or missing or surplus or len(given) != len(results):
        raise ValueError(
            f"Results must match the waiting calls one to one: waiting {waiting}, missing {missing}, unknown {surplus}"
        )
    parts: list[Part] = []
    for call_id in waiting:
        parts += [given[call_id], *media.get(call_id, ())]
    for approval_id in asked:
        said = {"type": APPROVAL_RESPONSE, "approval_request_id": approval_id, "approve": approved[approval_id]}
        parts.append(Opaque(APPROVAL_RESPONSE, said))
    return append(conversation, Message("tool", tuple(parts)))


def say(conversation: Conversation, text: str, media: Sequence[Media] = ()) -> Conversation:
    """Add the user's message, media before the words. Calls still waiting are answered as cancelled first, since a
    request whose calls have no results is refused (wire-format notes, 2.3); approvals still waiting are refused."""
    waiting = pending_calls(conversation)
    approvals = pending_approvals(conversation)
    if waiting or approvals:
        cancelled = [ToolResult(call.id, CANCELLED, is_error=True, name=call.name) for call in waiting]
        conversation = answer(conversation, cancelled, approved={asked.id: False for asked in approvals})
    return append(conversation, Message("user", (*media, *((Text(text),) if text or not media else ()))))


def edit(conversation: Conversation, at: str, text: str) -> Conversation:
    """The user's message ``at`` said otherwise: a new arm beside it; the old arm stays. ValueError where nothing is
    left of it."""
    old = conversation.nodes[at]
    if old.message.role != "user":
        raise ValueError("Only a user message can be edited and sent again")
    media = tuple(part for part in old.message.parts if isinstance(part, Media))
    said = (Text(text),) if text.strip() else ()
    if not media and not said:
        raise ValueError("The message is empty")
    return append(conversation, Message("user", (*media, *said)), old.parent, at_head=False)


def edit_arguments(conversation: Conversation, at: str, call_id: str, arguments: str) -> Conversation:
    """The reply ``at`` as if it had asked with other arguments: a new arm beside it, whose calls wait for results.
    The call remembers what the model had sent, and is as before where the arguments are that again."""
    old = conversation.nodes[at]
    parts: list[Part] = []
    for part in old.message.parts:
        if isinstance(part, ToolCall) and part.id == call_id:
            sent = part.arguments if part.original is None else part.original
            part = replace(part, arguments=arguments, original=None if arguments == sent else sent)
        parts.append(part)
    return append(conversation, replace(old.message, parts=tuple(parts)), old.parent, at_head=False)


def edit_reply(conversation: Conversation, at: str, text: str) -> Conversation:
    """The reply ``at`` in other words: a new arm beside it. Its calls and thoughts stay; the words stand where its
    first words stood, else at its end. ValueError where nothing is left of it."""
    old = conversation.nodes[at]
    if old.message.role != "assistant":
        raise ValueError("Only a reply can be put into other words")
    kept: list[Part] = [part for part in old.message.parts if not isinstance(part, Text)]
    first = next((at for at, part in enumerate(old.message.parts) if isinstance(part, Text)), len(kept))
    if text:
        kept.insert(min(first, len(kept)), Text(text))
    if not kept:
        raise ValueError("The reply is empty")
    return append(conversation, replace(old.message, parts=tuple(kept)), old.parent, at_head=False)


def edit_result(conversation: Conversation, at: str, call_id: str, content: str, *, is_error: bool) -> Conversation:
    """The results ``at`` with another one for this call: a new arm beside them, from which the model can be asked."""
    old = conversation.nodes[at]
    parts: list[Part] = []
    for part in old.message.parts:
        if isinstance(part, ToolResult) and part.call_id == call_id:
            made = replace(part.made, edited=True) if part.made is not None else Made("hand")
            part = replace(part, content=content, is_error=is_error, made=made)
        parts.append(part)
    return append(conversation, replace(old.message, parts=tuple(parts)), old.parent, at_head=False)


def insert(conversation: Conversation, message: Message) -> Conversation:
    """A message written by hand, below the head. ValueError says what may not stand there."""
    above = conversation.nodes[conversation.head].message if conversation.head is not None else None
    if message.role == "user":
        raise ValueError("Write a user message into the message box")
    if message.role == "tool":
        raise ValueError("Results are given in the slots of the calls that wait for them")
    if above is None:
        raise ValueError("A conversation begins with a user message")
    if above.role == "assistant" and pending_calls(conversation):
        raise ValueError("The calls above wait for results first")
    if not message.parts:
        raise ValueError("The message is empty")
    return append(conversation, message)


def below(conversation: Conversation, at: str) -> tuple[str, ...]:
    """The node ``at`` and all that follow it on any arm, parents first."""
    found = {at}
    for node in conversation.nodes.values():
        if node.parent in found:
            found.add(node.id)
    return tuple(key for key in conversation.nodes if key in found)


def without(conversation: Conversation, at: str) -> Conversation:
    """Without the message ``at`` and all that follow it. A head among them moves to what stood above, or to the arm
    beside it that is newest."""
    gone = set(below(conversation, at))
    nodes = {key: node for key, node in conversation.nodes.items() if key not in gone}
    left = replace(conversation, nodes=MappingProxyType(nodes), head=None)
    if conversation.head not in gone:
        return replace(left, head=conversation.head)
    parent = conversation.nodes[at].parent
    beside = [node.id for node in nodes.values() if node.parent == parent]
    if beside:
        return replace(left, head=left.tip(beside[-1]))
    return replace(left, head=parent)


def rewind(conversation: Conversation) -> Conversation:
    """Move the head back before the last reply, so that it can be asked for again (retry)."""
    if conversation.head is None:
        return conversation
    node = conversation.nodes[conversation.head]
    return replace(conversation, head=node.parent) if node.message.role == "assistant" else conversation


def switch(conversation: Conversation, node: str) -> Conversation:
    """Bring the arm through ``node`` into view, at its newest end."""
    return replace(conversation, head=conversation.tip(node))


def may_ask(conversation: Conversation) -> str:
    """Empty when a reply can be asked for now, else the reason in words."""
    if conversation.head is None:
        return "Write a message first"
    waiting = pending_calls(conversation)
    if waiting:
        names = ", ".join(call.name or "a call without a name" for call in waiting)
        return f"Waiting for {len(waiting)} tool result{'s' if len(waiting) > 1 else ''}: {names}"
    approvals = pending_approvals(conversation)
    if approvals:
        return f"Waiting for leave to call {', '.join(approval.name for approval in approvals)}"
    last = conversation.nodes[conversation.head].message
    if last.role == "assistant" and last.finish != PAUSED:
        return "The model has answered; write the next message"
    return ""

"""The arms of a conversation: its tree at a glance, and what two arms asked, called and got otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from callsmith.conversation import Conversation, Node
from callsmith.jsontext import indented
from callsmith.types.message import Message
from callsmith.types.parts import Malformed, ToolCall

Aspect = Literal["asked", "called", "result", "answered"]


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree: the messages from a fork (or the beginning) to the next fork (or an end). ``depth`` counts
    the forks above it. ``here``: the arm in view goes through it."""

    nodes: tuple[Node, ...]
    depth: int
    ends: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One thing of an arm. ``key`` names what it is about, so that it finds its counterpart: a tool, or nothing."""

    aspect: Aspect
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One step in two arms, side by side; None where an arm has nothing there."""

    aspect: Aspect
    left: Said | None
    right: Said | None

    @property
    def same(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Compared:
    """``shared`` is how many messages both arms begin with."""

    shared: int
    steps: tuple[Difference, ...]


def branches(conversation: Conversation) -> tuple[Branch, ...]:
    """The tree, depth first, each fork's arms oldest first."""
    children: dict[str | None, list[Node]] = {}
    for node in conversation.nodes.values():
        children.setdefault(node.parent, []).append(node)
    here = {node.id for node in conversation.path()}
    found: list[Branch] = []
    waiting = [(node, 0 if len(children[None]) == 1 else 1) for node in reversed(children.get(None, []))]
    while waiting:
        node, depth = waiting.pop()
        run = [node]
        while len(following := children.get(run[-1].id, [])) == 1:
            run.append(following[0])
        found.append(Branch(tuple(run), depth, not following, run[0].id in here))
        waiting += [(child, depth + 1) for child in reversed(following)]
    return tuple(found)


def ends(conversation: Conversation) -> tuple[str, ...]:
    """The last message of every arm, oldest arm first."""
    parents = {node.parent for node in conversation.nodes.values()}
    return tuple(key for key in conversation.nodes if key not in parents)


def compare(conversation: Conversation, left: str, right: str) -> Compared:
    """Two arms by their last messages: what was asked, what was called, what came out."""
    arms = conversation.path(left), conversation.path(right)
    shared = 0
    for one, other in zip(*arms, strict=False):
        if one.id != other.id:
            break
        shared += 1
    said = [[thing for node in arm[shared:] for thing in _said(node.message)] for arm in arms]
    return Compared(shared, tuple(_paired(said[0], said[1])))


def _said(message: Message) -> Iterator[Said]:
    if message.role == "user":
        yield Said("asked", "", message.text)
        return
    if message.role == "tool":
        for result in message.results:
            yield Said("result", result.name, ("error: " if result.is_error else "") + _laid_out(result.content))
        return
    for call in message.calls:
        yield Said("called", call.name, _laid_out(call.arguments))
    if message.text or message.refusal:
        yield Said("answered", "", message.text or message.refusal)


def _laid_out(text: str) -> str:
    return text if isinstance(ToolCall("", "", text).parsed(), Malformed) else indented(text)


def _paired(left: Sequence[Said], right: Sequence[Said]) -> Iterator[Difference]:
    """Aligned by what they are about, so that a call more on one side does not shift the rest."""
    about = [[(thing.aspect, thing.key) for thing in side] for side in (left, right)]
    matcher = SequenceMatcher(None, about[0], about[1], autojunk=False)
    for _, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        for one, other in zip_longest(left[left_from:left_to], right[right_from:right_to]):
            if one is not None and other is not None and one.aspect != other.aspect:
                yield Difference(one.aspect, one, None)
                yield Difference(other.aspect, None, other)
            else:
                known = one or other
                if known is not None:
                    yield Difference(known.aspect, one, other)

"""Editing in any place keeps every arm; the tree and the difference of two arms say what became of it."""

from __future__ import annotations

import pytest

from callsmith import conversation as pure
from callsmith.arms import branches, compare, ends
from callsmith.conversation import Conversation, append, say
from callsmith.types.message import Message
from callsmith.types.parts import Made, Part, Text, ToolCall, ToolResult

CALL = ToolCall("a", "weather", '{"city": "Boston"}')
OTHER = ToolCall("b", "news", "{}")


def replied(conversation: Conversation, *parts: Part) -> Conversation:
    return append(conversation, Message("assistant", parts))


def whole() -> Conversation:
    asked = replied(say(Conversation("c"), "weather?"), Text("Looking."), CALL)
    given = pure.answer(asked, [ToolResult("a", '{"t": 1}', name="weather", made=Made("rules", "rule 1"))])
    return replied(given, Text("It is 1."))


def test_other_arguments_are_a_new_arm_that_waits_and_remembers_what_was_sent() -> None:
    before = whole()
    reply = before.path()[1].id
    after = pure.edit_arguments(before, reply, "a", '{"city": "Tokyo"}')
    (waiting,) = pure.pending_calls(after)
    assert (waiting.arguments, waiting.original) == ('{"city": "Tokyo"}', '{"city": "Boston"}')
    assert len(after.siblings(after.head or "")) == 2
    assert pure.switch(after, reply).path() == before.path()
    back = pure.edit_arguments(after, after.head or "", "a", '{"city": "Boston"}')
    assert back.head == reply


def test_another_result_is_a_new_arm_from_which_the_model_is_asked() -> None:
    before = whole()
    after = pure.edit_result(before, before.path()[2].id, "a", '{"t": 9}', is_error=True)
    assert pure.may_ask(after) == ""
    (result,) = after.path()[-1].message.results
    assert (result.content, result.is_error) == ('{"t": 9}', True)
    assert result.made == Made("rules", "rule 1", edited=True)


def test_a_reply_in_other_words_keeps_its_calls_and_the_place_of_the_words() -> None:
    before = whole()
    after = pure.edit_reply(before, before.path()[1].id, "Wait.")
    assert [getattr(part, "text", "") for part in after.path()[1].message.parts] == ["Wait.", ""]
    assert pure.pending_calls(after) == (CALL,)
    with pytest.raises(ValueError, match="Only a reply"):
        pure.edit_reply(before, before.path()[0].id, "x")


def test_a_reply_can_be_written_by_hand_where_one_may_stand() -> None:
    asked = say(Conversation("c"), "hello")
    after = pure.insert(asked, Message("assistant", (CALL,)))
    assert pure.pending_calls(after) == (CALL,)
    for wrong, words in (
        (after, "wait for results"),
        (Conversation("c"), "begins with a user message"),
    ):
        with pytest.raises(ValueError, match=words):
            pure.insert(wrong, Message("assistant", (Text("x"),)))
    with pytest.raises(ValueError, match="empty"):
        pure.insert(asked, Message("assistant", ()))


def test_deleting_takes_all_that_follows_and_moves_the_head() -> None:
    before = whole()
    first, reply, results, _ = before.path()
    branched = pure.edit_arguments(before, reply.id, "a", "{}")
    gone = pure.without(branched, reply.id)
    assert pure.below(branched, reply.id)[0] == reply.id
    assert gone.head == branched.head
    assert set(gone.nodes) == {first.id, branched.head}
    back = pure.without(gone, branched.head or "")
    assert back.head == first.id
    assert pure.without(before, results.id).head == reply.id
    assert pure.without(before, first.id).head is None


def test_the_head_moves_to_the_arm_beside_where_there_is_one() -> None:
    before = whole()
    reply = before.path()[1]
    branched = pure.switch(pure.edit_arguments(before, reply.id, "a", "{}"), reply.id)
    left = pure.without(branched, reply.id)
    assert left.head is not None
    assert left.nodes[left.head].message.calls[0].arguments == "{}"


def test_the_tree_in_lines() -> None:
    before = whole()
    branched = pure.edit_arguments(before, before.path()[1].id, "a", "{}")
    lines = [(len(line.nodes), line.depth, line.ends, line.here) for line in branches(branched)]
    assert lines == [(1, 0, False, True), (3, 1, True, False), (1, 1, True, True)]
    assert ends(branched) == (before.head, branched.head)
    assert branches(Conversation("c")) == ()


def test_the_difference_of_two_arms() -> None:
    before = whole()
    tokyo = pure.edit_arguments(before, before.path()[1].id, "a", '{"city": "Tokyo"}')
    answered = replied(pure.answer(tokyo, [ToolResult("a", '{"t": 1}', name="weather")]), Text("It is 1."), OTHER)
    found = compare(answered, before.head or "", answered.head or "")
    assert found.shared == 1
    told = [(step.aspect, step.same, step.left is None, step.right is None) for step in found.steps]
    assert told == [
        ("called", False, False, False),
        ("answered", True, False, False),
        ("result", True, False, False),
        ("called", False, True, False),
        ("answered", True, False, False),
    ]
    assert compare(before, before.head or "", before.head or "").steps == ()

"""The tree of messages: arms are kept, results match calls, what may be sent next is derived."""

import pytest

from callsmith import conversation as pure
from callsmith.conversation import Conversation
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Media, Text, ToolCall, ToolResult

ORIGIN = Origin("x1", "Demo", "openai-chat", "demo-agent")


def said(text: str = "Hi") -> Conversation:
    return pure.say(Conversation("c"), text)


def replied(conversation: Conversation, *parts: object, exchange: str = "x1", **more: object) -> Conversation:
    origin = Origin(exchange, "Demo", "openai-chat", "demo-agent")
    return pure.append(conversation, Message("assistant", parts, origin, **more))  # type: ignore[arg-type]


A, B = ToolCall("a", "f", "{}"), ToolCall("b", "g", '{"x":1}')


def test_calls_wait_until_each_has_one_result() -> None:
    asked = replied(said(), A, B)
    assert pure.pending_calls(asked) == (A, B)
    assert "f, g" in pure.may_ask(asked)
    done = pure.answer(asked, [ToolResult("b", "2"), ToolResult("a", "1")])
    assert [result.call_id for result in done.path()[-1].message.results] == ["a", "b"]
    assert pure.pending_calls(done) == ()
    assert pure.may_ask(done) == ""


@pytest.mark.parametrize(
    "results",
    [
        [],
        [ToolResult("a", "1")],
        [ToolResult("a", "1"), ToolResult("a", "2"), ToolResult("b", "3")],
        [ToolResult("a", "1"), ToolResult("b", "2"), ToolResult("z", "3")],
    ],
)
def test_missing_surplus_and_double_results_are_refused(results: list[ToolResult]) -> None:
    with pytest.raises(ValueError, match="one to one"):
        pure.answer(replied(said(), A, B), results)


def test_writing_on_answers_waiting_calls_as_cancelled() -> None:
    after = pure.say(replied(said(), A, B), "never mind")
    roles = [node.message.role for node in after.path()]
    assert roles == ["user", "assistant", "tool", "user"]
    results = after.path()[2].message.results
    assert [(result.call_id, result.is_error) for result in results] == [("a", True), ("b", True)]


def test_edit_keeps_the_old_arm_and_switch_returns_to_it() -> None:
    first = replied(said("one"), Text("answer one"))
    edited = pure.edit(first, first.path()[0].id, "two")
    assert [node.message.text for node in edited.path()] == ["two"]
    back = pure.switch(edited, first.path()[0].id)
    assert [node.message.text for node in back.path()] == ["one", "answer one"]
    assert len(edited.siblings(edited.path()[0].id)) == 2


def test_retry_keeps_both_replies_even_when_they_are_equal() -> None:
    once = replied(said(), Text("same"), exchange="x1")
    twice = replied(pure.rewind(once), Text("same"), exchange="x2")
    assert len(twice.siblings(twice.head or "")) == 2


def test_the_same_message_below_the_same_parent_is_one_node() -> None:
    assert pure.say(said(), "again").nodes.keys() == pure.say(said(), "again").nodes.keys()


def test_a_call_cut_off_by_a_stop_is_not_answerable() -> None:
    half = ToolCall("a", "f", '{"x": "tru')
    stopped = replied(said(), half, B, cut=True)
    assert pure.pending_calls(stopped) == (B,)
    at_limit = replied(said(), half, finish="length")
    assert pure.pending_calls(at_limit) == ()
    complete_but_malformed = replied(said(), half, finish="tool_calls")
    assert pure.pending_calls(complete_but_malformed) == (half,)


def test_only_user_messages_can_be_edited() -> None:
    conversation = replied(said(), Text("x"))
    with pytest.raises(ValueError, match="user message"):
        pure.edit(conversation, conversation.head or "", "y")


def test_may_ask_says_why_not() -> None:
    assert pure.may_ask(Conversation("c")) == "Write a message first"
    assert pure.may_ask(said()) == ""
    assert "answered" in pure.may_ask(replied(said(), Text("x")))


def test_an_edit_that_leaves_nothing_is_no_message() -> None:
    picture = Media("image/png", "AAAA")
    begun = pure.say(Conversation("c"), "What is this?", [picture])
    only = pure.edit(begun, begun.head or "", "  ")
    assert only.path()[-1].message.parts == (picture,)
    bare = pure.say(Conversation("c"), "Hello")
    with pytest.raises(ValueError, match="empty"):
        pure.edit(bare, bare.head or "", " ")
    said = pure.append(bare, Message("assistant", (Text("Hi"),)))
    with pytest.raises(ValueError, match="empty"):
        pure.edit_reply(said, said.head or "", "")

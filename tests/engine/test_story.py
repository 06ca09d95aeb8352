"""A conversation told step by step: what each step says to someone who has never seen a tool call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from callsmith.conversation import Conversation, answer, append, edit, edit_arguments, say
from callsmith.store.records import ExchangeInfo
from callsmith.story import Fact, Step, Story, story
from callsmith.types.exchange import Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Made, Media, Opaque, Part, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage

WEATHER = Tool(
    "get_weather",
    "The weather in a city",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
TOOLS = {"get_weather": WEATHER}
BOSTON = ToolCall("c1", "get_weather", '{"city": "Boston"}')
TOKYO = ToolCall("c2", "get_weather", '{"city": "Tokyo"}')


def reply(*parts: Part, at: str = "e1", **more: Any) -> Message:
    return Message("assistant", parts, Origin(at, "Demo", "openai-chat", "demo-agent"), **more)


def info(at: str = "e1", **more: Any) -> ExchangeInfo:
    known: dict[str, Any] = {
        "state": "finished",
        "usage": Usage(input=80, output=23),
        "finish": "stop",
        "problem": None,
        "parent_id": None,
        "node_id": "n",
    }
    return ExchangeInfo(
        id=at,
        connection="Demo",
        wire="openai-chat",
        model="demo-agent",
        marks=Marks(1.0, done=1.1),
        attempts=(),
        **(known | more),
    )


def begun(text: str = "What is the weather in Boston?") -> Conversation:
    return say(Conversation("c"), text)


def told(conversation: Conversation, infos: Mapping[str, ExchangeInfo] | None = None, **more: Any) -> Story:
    return story(conversation, infos or {}, more.pop("tools", {}), **more)


def step_of(conversation: Conversation, kind: str, **more: Any) -> Step:
    return next(step for step in told(conversation, **more).steps if step.kind == kind)


def answered(result: ToolResult, *media: Media) -> Conversation:
    asked = append(begun(), reply(ToolCall("c1", "get_weather", '{"city": "Boston"}')))
    return answer(asked, [result], media={"c1": media})


def test_a_whole_turn_is_told_in_order() -> None:
    conversation = append(begun(), reply(Thinking("I need the weather."), BOSTON))
    conversation = answer(conversation, [ToolResult("c1", '{"temperature": 21}', made=Made("hand"))])
    conversation = append(conversation, reply(Text("It is 21 degrees."), at="e2"))
    told_ = told(conversation, tools=TOOLS, system="Be brief.")
    assert [step.kind for step in told_.steps] == ["system", "note", "prompt", "thinking", "call", "result", "answer"]
    assert told_.title == "What is the weather in Boston?"
    assert told_.models == ("demo-agent",)
    _, tools, prompt, thinking, call, result, last = told_.steps
    assert "only ask" in tools.words and "The weather in a city" in tools.text
    assert prompt.text == "What is the weather in Boston?"
    assert thinking.text == "I need the weather."
    assert call.words == ('The model cannot do this by itself, so it asks for get_weather with city "Boston".')
    assert call.json == '{"city": "Boston"}'
    assert Fact("valid", "arguments valid") in call.facts
    assert result.words.startswith("A person typed this answer in place of the tool; it goes back to the model.")
    assert "It says: temperature 21." in result.words
    assert last.words == "With what the tools returned, the model answers."
    assert [step.turn for step in told_.steps] == [0, 0, 1, 1, 1, 1, 1]
    assert last.exchange_id == "e2" and last.node_id == conversation.head


def test_calls_of_one_reply_are_told_as_at_the_same_time() -> None:
    calls = [step for step in told(append(begun(), reply(BOSTON, TOKYO))).steps if step.kind == "call"]
    assert [call.together for call in calls] == [False, True]
    assert "first of 2 things it asks for at the same time" in calls[0].words
    assert calls[1].words == 'At the same time, it asks for get_weather with city "Tokyo".'


def test_results_of_calls_at_the_same_time_say_which_call_they_answer() -> None:
    asked = append(begun(), reply(BOSTON, TOKYO))
    both = [step for step in told(answer(asked, [ToolResult("c1", "18"), ToolResult("c2", "24")])).steps]
    said = [step.words for step in both if step.kind == "result"]
    assert 'This is for the call with city "Boston".' in said[0]
    assert 'This is for the call with city "Tokyo".' in said[1]
    assert "This is for the call" not in step_of(answered(ToolResult("c1", "18")), "result").words


def test_figures_are_those_of_the_reply_and_their_sum_is_the_total() -> None:
    conversation = append(begun(), reply(Text("Hi")))
    conversation = append(say(conversation, "And?"), reply(Text("Bye"), at="e2"))
    told_ = told(conversation, {"e1": info(), "e2": info("e2")}, costs={"e1": 0.25, "e2": 1.0})
    assert told_.steps[1].facts == (
        Fact("model", "demo-agent"),
        Fact("tokens", "80 tokens in"),
        Fact("tokens", "23 tokens out"),
        Fact("seconds", "1.1 s"),
        Fact("cost", "$0.25"),
    )
    assert [fact.text for fact in told_.totals] == ["160 tokens in", "46 tokens out", "2.2 s for the replies", "$1.25"]


def test_what_is_unknown_is_never_a_sum() -> None:
    conversation = append(say(append(begun(), reply(Text("Hi"))), "And?"), reply(Text("Bye"), at="e2"))
    told_ = told(conversation, {"e1": info(), "e2": info("e2", usage=None)}, costs={"e1": 0.25, "e2": None})
    assert [fact.text for fact in told_.totals] == ["tokens not reported", "2.2 s for the replies", "price unknown"]
    assert "cost" not in {fact.kind for fact in told(conversation, {"e1": info()}).totals}


@pytest.mark.parametrize(
    ("made", "said", "fact"),
    [
        (Made("hand"), "A person typed this answer", "answered by hand"),
        (Made("rules", "Paris"), "A prepared rule gave", "answered by a rule, Paris"),
        (Made("schema"), "made up from the description", "answered with a sample"),
        (Made("fault", "timeout"), "a fault put in on purpose", "answered with a fault, timeout"),
        (Made("http", "api.example.test"), "A web service gave", "answered over HTTP"),
        (Made("mcp", "http://10.0.0.1/mcp"), "A tool server gave", "answered over MCP"),
        (Made("model", "gpt", exchange_id="p1"), "Another model played the tool", "answered by a model, gpt"),
        (Made("refused"), "A person refused this call", "refused"),
        (Made("cancelled"), "The call was cancelled", "cancelled"),
    ],
)
def test_who_answered_is_said(made: Made, said: str, fact: str) -> None:
    step = step_of(answered(ToolResult("c1", '{"ok": true}', made=made)), "result")
    assert said in step.words
    assert Fact("who", fact) in step.facts
    assert step.exchange_id == made.exchange_id


def test_an_edited_result_is_said_to_be() -> None:
    step = step_of(answered(ToolResult("c1", "ok", made=Made("http", edited=True))), "result")
    assert "A person changed it before it was sent." in step.words


def test_an_error_is_told_as_one() -> None:
    step = step_of(answered(ToolResult("c1", "no such city", is_error=True, made=Made("hand"))), "result")
    assert step.is_error and step.heading == "get_weather fails"
    assert "goes back to the model as an error." in step.words
    assert (step.text, step.json) == ("no such city", "")


def test_a_picture_belongs_to_its_result() -> None:
    picture = Media("image/png", "AAAA", name="map.png")
    assert step_of(answered(ToolResult("c1", "ok"), picture), "result").media == (picture,)


def test_edited_arguments_are_said_beside_what_the_model_had_asked() -> None:
    conversation = append(begun(), reply(BOSTON))
    assert conversation.head is not None
    step = step_of(edit_arguments(conversation, conversation.head, "c1", '{"city": "Tokyo"}'), "call")
    assert 'asks for get_weather with city "Tokyo".' in step.words
    assert 'A person changed this: the model had asked with city "Boston".' in step.words


def test_wrong_arguments_are_said_with_their_reason() -> None:
    step = step_of(append(begun(), reply(ToolCall("c1", "get_weather", "{}"))), "call", tools=TOOLS)
    assert step.is_error
    assert "does not fit the tool" in step.words and "city" in step.words
    broken = step_of(append(begun(), reply(ToolCall("c1", "get_weather", "{oops"))), "call", tools=TOOLS)
    assert broken.is_error and broken.words.endswith("but its arguments are not readable as JSON.")


def test_a_tool_that_is_not_at_hand_is_said_unless_it_answered() -> None:
    said = "There is no tool of this name at hand."
    asked = append(begun(), reply(ToolCall("c1", "get_tides", '{"city": "Boston"}')))
    assert step_of(asked, "call", tools=TOOLS).words.endswith(said)
    assert said not in step_of(asked, "call").words
    done = answer(asked, [ToolResult("c1", "high at noon")])
    assert said not in step_of(done, "call", tools=TOOLS).words


@pytest.mark.parametrize("arguments", ['{"city": "Bos', '{"city": "Boston"}'])
def test_a_call_in_a_reply_that_was_cut(arguments: str) -> None:
    conversation = append(begun(), reply(ToolCall("c1", "get_weather", arguments), finish="length", cut=True))
    steps = told(conversation).steps
    ends = [step for step in steps if step.heading == "The reply ends early"]
    assert len(ends) == 1 and "stopped at the token limit" in ends[0].words
    assert ("never carried out" in steps[1].words) == (arguments == '{"city": "Bos')


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("stopped", "A person stopped this reply before its end."),
        ("interrupted", "This reply broke off before its end."),
    ],
)
def test_a_reply_that_broke_off(state: str, said: str) -> None:
    conversation = append(begun(), reply(Text("It is"), cut=True))
    assert told(conversation, {"e1": info(state=state)}).steps[-1].words == said


@pytest.mark.parametrize(
    "message",
    [
        reply(Refusal("I cannot help with that.")),
        reply(Text("I cannot help with that."), finish="refusal"),
        reply(finish="refusal"),
    ],
)
def test_a_refusal_is_told_once(message: Message) -> None:
    steps = told(append(begun(), message)).steps
    assert [step.heading for step in steps].count("The model declines") == 1
    assert steps[1].is_error


def test_a_failure_is_told_in_the_providers_words() -> None:
    conversation = begun()
    failed = info(state="failed", node_id=None, parent_id=conversation.head, problem=Problem("http", "Overloaded", 529))
    last = told(conversation, {"e1": failed}).steps[-1]
    assert (last.kind, last.heading, last.text, last.is_error) == ("note", "No answer came", "Overloaded", True)


def test_a_retry_that_went_well_leaves_no_failure_behind() -> None:
    conversation = begun()
    failed = info(state="failed", node_id=None, parent_id=conversation.head, problem=Problem("http", "Overloaded", 529))
    conversation = append(conversation, reply(Text("Hi"), at="e2"))
    assert [step.kind for step in told(conversation, {"e1": failed}).steps] == ["prompt", "answer"]


def test_what_the_story_waits_for_is_said_at_its_end() -> None:
    last = told(append(begun(), reply(BOSTON))).steps[-1]
    assert last.words == "The story stops here for now. Waiting for 1 tool result: get_weather."


def test_a_cancelled_call_is_told_between_two_turns() -> None:
    conversation = say(append(begun(), reply(BOSTON)), "Never mind.")
    steps = told(conversation).steps
    assert [(step.kind, step.turn) for step in steps] == [("prompt", 1), ("call", 1), ("result", 1), ("prompt", 2)]
    assert steps[-1].heading == "The person goes on"


def test_another_arm_is_told_by_its_head() -> None:
    conversation = append(begun(), reply(Text("One")))
    other = append(conversation, reply(Text("Two"), at="e2"), conversation.path()[0].id, at_head=False)
    assert told(other).steps[-1].text == "Two"
    assert told(other, head=conversation.head).steps[-1].text == "One"


def test_a_reply_nobody_sent_is_said_to_be_written_by_hand() -> None:
    conversation = append(begun(), Message("assistant", (Text("Hi"),)))
    assert Fact("who", "written by hand, not by a model") in told(conversation).steps[-1].facts


def test_a_providers_own_search_is_told_as_its_own() -> None:
    search = Opaque("web_search_call", {"type": "web_search_call", "status": "completed"})
    step = step_of(append(begun(), reply(search, Text("Found"))), "note")
    assert "on its own machines" in step.words


def test_an_empty_conversation_says_so() -> None:
    assert [step.heading for step in told(Conversation("c")).steps] == ["Nothing was said yet"]


def test_where_arms_part_it_is_said_which_one_is_told() -> None:
    conversation = append(begun(), reply(Text("One")))
    assert "version" not in " ".join(step.words for step in told(conversation).steps)
    other = append(conversation, reply(Text("Two"), at="e2"), conversation.path()[0].id, at_head=False)
    said = "There are 2 versions from here on; this is version {}, the other one is not shown."
    assert told(other).steps[-1].words.endswith(said.format(2))
    assert told(other, head=conversation.head).steps[-1].words.endswith(said.format(1))
    third = edit(edit(other, other.path()[0].id, "And in Rome?"), other.path()[0].id, "And in Oslo?")
    assert "this is version 3, the others are not shown" in told(third).steps[0].words


def test_variables_are_told_as_they_are_sent() -> None:
    conversation = append(begun("Hello, I am {{user}}"), reply(Text("Hello {{user}}")))
    steps = told(conversation, system="You help {{user}} with {{work}}", variables={"user": "Ana"}).steps
    assert [step.text for step in steps] == ["You help Ana with {{work}}", "Hello, I am Ana", "Hello {{user}}"]

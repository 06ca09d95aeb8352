"""What the demo model calls and says, from the outside: prompts and tools in, calls and text out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.starters import STARTERS
from callsmith.types.tool import Tool
from tests.demo.kit import Client, answered, user, written

TOOLS = {tool.name: tool for starter in STARTERS for tool in starter.tools}
ALL = tuple(TOOLS.values())
WEATHER = TOOLS["get_current_weather"]
EMAIL = Tool(
    "send_email",
    "Send an email to somebody",
    {
        "type": "object",
        "properties": {
            "to": {"type": "string", "format": "email"},
            "subject": {"type": "string"},
            "body": {"type": "string"},
            "urgent": {"type": "boolean"},
        },
        "required": ["to", "subject", "body"],
    },
)
FLIGHTS = Tool(
    "find_flights",
    "Find flights between two cities",
    {
        "type": "object",
        "properties": {
            "from": {"type": "string"},
            "to": {"type": "string"},
            "date": {"type": "string", "format": "date"},
            "passengers": {"type": "integer"},
            "cabin": {"enum": ["economy", "business"]},
        },
        "required": ["from", "to"],
    },
)


@pytest.fixture
def client() -> Client:
    return Client()


def prompt_of(starter: str) -> str:
    return next(item.prompt for item in STARTERS if item.id == starter)


def test_the_documented_example_reads_as_documented(client: Client, shared: Path) -> None:
    example = json.loads((shared / "gateway-example.json").read_text())
    reply = client.post({**example["request"], "model": client.model})
    choice = json.loads(written(reply))["choices"][0]
    expected = example["response"]["choices"][0]
    assert choice["finish_reason"] == expected["finish_reason"]
    assert choice["message"]["content"] is None
    got = choice["message"]["tool_calls"][0]["function"]
    assert got == expected["message"]["tool_calls"][0]["function"]


def test_nested_arguments_out_of_one_sentence(client: Client) -> None:
    [(name, arguments)] = client.calls(prompt_of("booking"), [TOOLS["create_event"]])
    assert name == "create_event"
    assert arguments == {
        "title": "design review",
        "start": "2027-03-03T14:00:00Z",
        "duration_minutes": 45,
        "attendees": [{"name": "Ana"}, {"name": "Ben"}],
        "place": {"kind": "room", "name": "Room Turing"},
    }


def test_a_date_without_a_year_is_the_next_such_day(client: Client) -> None:
    prompt = "Book a 45-minute design review with Ana and Ben on 3 March at 14:00 in Room 4"
    [(_, arguments)] = client.calls(prompt, [TOOLS["create_event"]])
    assert (arguments["start"], arguments["place"]["name"]) == ("2027-03-03T14:00:00Z", "Room 4")


def test_a_list_of_things_with_their_numbers(client: Client) -> None:
    [(_, arguments)] = client.calls(prompt_of("order"), [TOOLS["place_order"]])
    assert arguments == {
        "items": [{"product": "espresso machines", "quantity": 2}, {"product": "coffee beans", "quantity": 3}],
        "ship_to": "12 Main Street, Boston",
    }


@pytest.mark.parametrize("tools", [(TOOLS["search_docs"], TOOLS["fetch_page"]), ALL], ids=["two tools", "all tools"])
def test_search_then_fetch_then_answer(client: Client, tools: tuple[Tool, ...]) -> None:
    messages: list[Any] = [user(prompt_of("search"))]
    first = client.message(messages, tools)
    assert [call["function"] for call in first["tool_calls"]] == [
        {"name": "search_docs", "arguments": '{"query":"refund policy"}'}
    ]
    messages += answered(first, {"matches": [{"id": "doc-17", "title": "Refund policy"}]})
    second = client.message(messages, tools)
    assert [call["function"] for call in second["tool_calls"]] == [
        {"name": "fetch_page", "arguments": '{"id":"doc-17"}'}
    ]
    messages += answered(second, {"title": "Refund policy", "text": "Goods can be returned within 30 days."})
    last = client.message(messages, tools)
    assert "tool_calls" not in last
    assert last["content"] == "“Refund policy” says: “Goods can be returned within 30 days.”"


def test_a_fetch_asked_for_outright_waits_for_the_search(client: Client) -> None:
    tools = (TOOLS["search_docs"], TOOLS["fetch_page"])
    messages: list[Any] = [user("Search the docs for opening hours and fetch the first match")]
    first = client.message(messages, tools)
    assert [call["function"]["name"] for call in first["tool_calls"]] == ["search_docs"]
    messages += answered(first, [{"id": 7, "title": "Hours"}])
    assert client.calls(messages, tools) == [("fetch_page", {"id": "7"})]


def test_several_places_are_several_calls(client: Client) -> None:
    calls = client.calls("weather in Paris, Tokyo and Lima", [WEATHER])
    assert [arguments["location"] for _, arguments in calls] == ["Paris", "Tokyo", "Lima"]


def test_without_parallel_calls_they_come_one_by_one(client: Client) -> None:
    messages: list[Any] = [user("weather in Paris and Tokyo")]
    for place in ("Paris", "Tokyo"):
        message = client.message(messages, [WEATHER], parallel_tool_calls=False)
        assert [json.loads(call["function"]["arguments"])["location"] for call in message["tool_calls"]] == [place]
        messages += answered(message, {"temperature": 21, "unit": "celsius", "conditions": "Sunny"})
    told = client.message(messages, [WEATHER], parallel_tool_calls=False)["content"]
    assert told == "It is 21 °C and sunny in Paris. It is 21 °C and sunny in Tokyo."


def test_two_things_in_one_prompt_go_to_two_tools(client: Client) -> None:
    prompt = "What's the weather in Paris, and book a meeting called Sync with Ana tomorrow at 3pm for 30 minutes"
    calls = dict(client.calls(prompt, ALL))
    assert calls["get_current_weather"]["location"] == "Paris"
    assert calls["create_event"] == {
        "title": "Sync",
        "start": "2026-06-11T15:00:00Z",
        "duration_minutes": 30,
        "attendees": [{"name": "Ana"}],
    }


def test_arguments_by_type_format_name_and_enum(client: Client) -> None:
    assert client.calls(
        "Email ben@example.com about the Q3 plan saying we are late, it is urgent", [EMAIL, WEATHER]
    ) == [("send_email", {"to": "ben@example.com", "subject": "Q3 plan", "body": "we are late", "urgent": True})]
    asked = "Find business flights from Paris to New York tomorrow for 2 passengers"
    assert client.calls(asked, [FLIGHTS, WEATHER]) == [
        (
            "find_flights",
            {"from": "Paris", "to": "New York", "date": "2026-06-11", "passengers": 2, "cabin": "business"},
        )
    ]


def test_what_the_prompt_does_not_say_is_made_up_from_the_schema(client: Client) -> None:
    [(_, arguments)] = client.calls("Send an email", [EMAIL])
    assert "@" in arguments["to"] and arguments["body"]


def test_what_is_made_up_stands_beside_what_is_given(client: Client) -> None:
    [(_, arguments)] = client.calls("Send an email about the Q3 plan saying we are late", [EMAIL])
    assert (arguments["subject"], arguments["body"]) == ("Q3 plan", "we are late")
    assert "@" in arguments["to"]


def test_an_object_given_in_part_is_completed(client: Client) -> None:
    home = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "floor": {"type": "integer", "minimum": 1}},
        "required": ["city", "floor"],
    }
    tool = Tool("ship_parcel", "Ship a parcel", {"type": "object", "properties": {"home": home}})
    assert client.calls("Ship the parcel to Lima", [tool]) == [("ship_parcel", {"home": {"city": "Lima", "floor": 1}})]


def test_a_follow_up_uses_the_last_tool_again(client: Client) -> None:
    messages: list[Any] = [user("weather in Paris")]
    messages += answered(client.message(messages, [WEATHER]), {"temperature": 9})
    messages += [{"role": "assistant", "content": "It is 9 degrees."}, user("And in Tokyo?")]
    assert client.calls(messages, [WEATHER])[0][1]["location"] == "Tokyo"


def test_no_fitting_tool_is_said_and_asked_back(client: Client) -> None:
    message = client.message("hello there", [WEATHER])
    assert "tool_calls" not in message
    assert "get_current_weather" in message["content"] and "?" in message["content"]


@pytest.mark.parametrize("prompt", ["hello", "who are you?"])
def test_it_does_not_pass_for_an_llm(client: Client, prompt: str) -> None:
    assert "a script, not an LLM" in client.message(prompt)["content"]


def test_tool_choice_none_required_and_named(client: Client) -> None:
    assert client.calls("weather in Paris", [WEATHER], tool_choice="none") == []
    assert len(client.calls("hello", [WEATHER, EMAIL], tool_choice="required")) == 1
    named = {"type": "function", "function": {"name": "send_email"}}
    assert [name for name, _ in client.calls("weather in Paris", [WEATHER, EMAIL], tool_choice=named)] == ["send_email"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"error": "timeout after 5 s"}, "get_current_weather failed: timeout after 5 s."),
        ({"temperature": 70, "unit": "fahrenheit"}, "It is 70 °F in Boston, MA."),
        ({"order_id": "A-1", "total_eur": 8.5, "open": True}, "returned order id A-1, total 8.5 EUR and open yes."),
        ({"matches": [{"title": "One"}, {"title": "Two"}]}, "found 2 matches: One, Two."),
        ([], "found no results."),
        ("It rains. A lot. All day.", "returned “It rains. A lot.”"),
        ("", "returned nothing."),
        ({}, "returned an empty object."),
    ],
)
def test_results_are_told_in_a_sentence(client: Client, content: Any, told: str) -> None:
    messages: list[Any] = [user("What's the weather like in Boston today?")]
    messages += answered(client.message(messages, [WEATHER]), content)
    assert told in client.message(messages, [WEATHER])["content"]


def test_after_an_error_nothing_more_is_called(client: Client) -> None:
    tools = (TOOLS["search_docs"], TOOLS["fetch_page"])
    messages: list[Any] = [user(prompt_of("search"))]
    messages += answered(client.message(messages, tools), {"error": "index offline", "id": "doc-1"})
    message = client.message(messages, tools)
    assert "tool_calls" not in message and "index offline" in message["content"]


@pytest.mark.parametrize("wanted", [1, 49, 50, 51, 2_000])
def test_a_reply_of_an_exact_length(client: Client, wanted: int) -> None:
    answer = client.ask(f"Please write {wanted:,} words about rivers")
    assert len(answer["choices"][0]["message"]["content"].split()) == wanted
    assert answer["usage"]["completion_tokens"] == wanted


def test_the_same_request_gives_the_same_answer() -> None:
    prompt = prompt_of("booking")
    assert Client().ask(prompt, ALL) == Client().ask(prompt, ALL)

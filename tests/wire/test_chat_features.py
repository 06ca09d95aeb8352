"""What a Chat request carries beside messages: choice, custom tools, thinking, schema, web search, cache, sound."""

import json
from typing import Any

import pytest

from callsmith.types.connection import Connection
from callsmith.types.features import Cache, Effort, ResponseSchema, SpokenReply, WebSearch
from callsmith.types.tool import Grammar, Tool, ToolChoice
from tests.wire.chat_kit import TOOL, body, user

SQL = Tool("sql", "A query", type="custom", grammar=Grammar("lark", "start: /.+/"))
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
REPLY = ResponseSchema(SCHEMA, name="place", description="Where it is.")


def choice(choice: ToolChoice, model: str = "gpt-5.1") -> Any:
    return body(user(), tools=(TOOL, SQL), model=model, tool_choice=choice).get("tool_choice")


def test_a_named_choice_says_the_kind_of_tool() -> None:
    assert choice(ToolChoice("named", "get_time")) == {"type": "function", "function": {"name": "get_time"}}
    assert choice(ToolChoice("named", "sql")) == {"type": "custom", "custom": {"name": "sql"}}


@pytest.mark.parametrize("mode", ["auto", "required"])
def test_a_subset_of_the_tools_is_nested(mode: Any) -> None:
    assert choice(ToolChoice(mode, allowed=("sql", "get_time"))) == {
        "type": "allowed_tools",
        "allowed_tools": {
            "mode": mode,
            "tools": [
                {"type": "custom", "custom": {"name": "sql"}},
                {"type": "function", "function": {"name": "get_time"}},
            ],
        },
    }
    assert choice(ToolChoice("none", allowed=("sql",))) == "none"


def test_validated_is_auto_here() -> None:
    assert choice(ToolChoice("validated")) is None
    assert choice(ToolChoice("validated", allowed=("sql",)))["allowed_tools"]["mode"] == "auto"


def test_a_custom_tool_and_its_grammar_are_nested() -> None:
    assert body(user(), tools=(SQL,), model="gpt-5.1")["tools"] == [
        {
            "type": "custom",
            "custom": {
                "name": "sql",
                "description": "A query",
                "format": {"type": "grammar", "grammar": {"definition": "start: /.+/", "syntax": "lark"}},
            },
        }
    ]
    free = Tool("note", type="custom")
    assert body(user(), tools=(free,), model="gpt-5.1")["tools"] == [{"type": "custom", "custom": {"name": "note"}}]


def test_where_custom_tools_are_not_known_one_is_a_function() -> None:
    sent = body(user(), tools=(SQL,), model="llama-3", tool_choice=ToolChoice("named", "sql"))
    function = sent["tools"][0]["function"]
    assert sent["tools"][0]["type"] == "function" and list(function["parameters"]["properties"]) == ["input"]
    assert "start: /.+/" in function["parameters"]["properties"]["input"]["description"]
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "sql"}}


def test_strict_is_not_sent_where_there_is_none() -> None:
    assert body(user(), tools=(TOOL,))["tools"][0]["function"]["strict"] is True
    assert "strict" not in body(user(), tools=(TOOL,), model="deepseek-chat")["tools"][0]["function"]


def test_thinking_is_said_in_the_familys_own_words() -> None:
    assert body(user(), model="gpt-5.1", thinking=Effort("high"))["reasoning_effort"] == "high"
    assert "reasoning_effort" not in body(user(), model="gpt-5.1")


def test_trap_34_no_thinking_can_be_said_beside_tools() -> None:
    sent = body(user(), model="gpt-5.4", tools=(TOOL,), thinking=Effort("off"))
    assert (sent["reasoning_effort"], len(sent["tools"])) == ("none", 1)


def test_an_extra_body_has_the_last_word_over_thinking() -> None:
    sent = body(user(), model="gpt-5.1", thinking=Effort("high"), extra_body={"reasoning_effort": "low"})
    assert sent["reasoning_effort"] == "low"


def test_a_reply_schema_is_nested() -> None:
    assert body(user(), response=REPLY)["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "place", "description": "Where it is.", "schema": SCHEMA, "strict": True},
    }
    bare = body(user(), response=ResponseSchema(SCHEMA, strict=None))["response_format"]["json_schema"]
    assert bare == {"name": "reply", "schema": SCHEMA}


@pytest.mark.parametrize("system", ["", "Be brief."])
def test_trap_46_json_object_asks_for_json_in_the_prompt(system: str) -> None:
    sent = body(user(), response=REPLY, model="deepseek-chat", system=system)
    assert sent["response_format"] == {"type": "json_object"}
    prompt = sent["messages"][0]
    assert prompt["role"] == "system" and prompt["content"].startswith(system)
    assert "JSON" in prompt["content"] and "Where it is." in prompt["content"]
    assert json.dumps(SCHEMA, separators=(",", ":")) in prompt["content"]


def test_web_search_with_a_nested_place() -> None:
    search = WebSearch("low", country="IT", city="Rome")
    assert body(user(), web_search=search)["web_search_options"] == {
        "search_context_size": "low",
        "user_location": {"type": "approximate", "approximate": {"city": "Rome", "country": "IT"}},
    }
    assert body(user(), web_search=WebSearch())["web_search_options"] == {}


def test_a_cache_key() -> None:
    assert body(user(), cache=Cache(key="team-a"))["prompt_cache_key"] == "team-a"
    assert "prompt_cache_key" not in body(user(), cache=Cache(("system",)))


def test_a_reply_in_sound_is_raw_samples_in_a_stream() -> None:
    sent = body(user(), spoken=SpokenReply("coral", "mp3"), stream=False)
    assert (sent["modalities"], sent["audio"]) == (["text", "audio"], {"voice": "coral", "format": "mp3"})
    assert body(user(), spoken=SpokenReply("coral", "mp3"))["audio"]["format"] == "pcm16"


def test_vendors_have_their_own_names() -> None:
    mistral = Connection("c", "C", "https://api.mistral.ai/v1")
    sent = body(user(), connection=mistral, model="mistral-large-latest", seed=7, max_tokens=9)
    assert (sent["random_seed"], sent["max_tokens"]) == (7, 9)
    assert sent["stream"] is True and "stream_options" not in sent

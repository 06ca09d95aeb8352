"""What travels in a Gemini request beside its contents: functions, choices, search, schemas, options, extra bodies."""

from typing import Any

import pytest

from callsmith.types.connection import Connection
from callsmith.types.features import Effort, ResponseSchema, WebSearch
from callsmith.types.tool import Grammar, Tool, ToolChoice
from tests.wire.gemini_kit import SCHEMA, TOOL, body, user


def test_trap_43_json_schema_goes_into_the_field_made_for_it() -> None:
    declared = body(user(), tools=(TOOL,))["tools"][0]["functionDeclarations"][0]
    assert declared == {"name": "get_time", "description": "Time", "parametersJsonSchema": SCHEMA}


@pytest.mark.parametrize(
    "schema",
    [None, {"type": "object"}, {"type": "object", "properties": {}, "additionalProperties": False}, {"properties": []}],
)
def test_trap_44_a_function_without_arguments_sends_no_schema(schema: Any) -> None:
    assert body(user(), tools=(Tool("now", "", schema),))["tools"] == [{"functionDeclarations": [{"name": "now"}]}]


@pytest.mark.parametrize(
    "more", [{"additionalProperties": {"type": "string"}}, {"$ref": "#/$defs/a"}, {"required": ["a"]}]
)
def test_a_function_of_free_arguments_keeps_its_schema(more: Any) -> None:
    schema = {"type": "object", "properties": {}, **more}
    tools = body(user(), tools=(Tool("f", "", schema),))["tools"]
    assert tools[0]["functionDeclarations"][0]["parametersJsonSchema"] == schema


@pytest.mark.parametrize(
    ("choice", "config"),
    [
        (ToolChoice("none"), {"mode": "NONE"}),
        (ToolChoice("required"), {"mode": "ANY"}),
        (ToolChoice("none", allowed=("get_time",)), {"mode": "NONE"}),
        (ToolChoice("named", "get_time"), {"mode": "ANY", "allowedFunctionNames": ["get_time"]}),
        (ToolChoice("required", allowed=("get_time",)), {"mode": "ANY", "allowedFunctionNames": ["get_time"]}),
        (ToolChoice("validated"), {"mode": "VALIDATED"}),
        (ToolChoice("validated", allowed=("get_time",)), {"mode": "VALIDATED", "allowedFunctionNames": ["get_time"]}),
    ],
)
def test_tool_choice_modes(choice: ToolChoice, config: Any) -> None:
    request = body(user(), tools=(TOOL, OTHER), tool_choice=choice, parallel_tool_calls=False)
    assert request["toolConfig"] == {"functionCallingConfig": config}
    assert len(request["tools"][0]["functionDeclarations"]) == 2
    assert "toolConfig" not in body(user(), tool_choice=choice)
    assert "toolConfig" not in body(user(), tools=(TOOL,))


def test_options_in_the_formats_own_terms() -> None:
    request = body(user(), max_tokens=9, temperature=0.0, top_p=0.5, seed=3, stop=("a", "b"), stream=False)
    assert request["generationConfig"] == {
        "maxOutputTokens": 9,
        "temperature": 0.0,
        "topP": 0.5,
        "seed": 3,
        "stopSequences": ["a", "b"],
    }
    assert body(user()).keys() == {"contents"}


def test_extra_body_is_merged_last_and_field_by_field() -> None:
    extra = {"generationConfig": {"temperature": 1, "thinkingConfig": {"includeThoughts": True}}, "labels": {"a": "b"}}
    request = body(user(), temperature=0.5, max_tokens=9, extra_body=extra)
    assert request["generationConfig"] == {
        "maxOutputTokens": 9,
        "temperature": 1,
        "thinkingConfig": {"includeThoughts": True},
    }
    assert request["labels"] == {"a": "b"}
    assert extra["generationConfig"] == {"temperature": 1, "thinkingConfig": {"includeThoughts": True}}


OTHER = Tool("other", "", {"type": "object"})


def test_only_the_allowed_functions_are_declared_where_the_model_may_choose() -> None:
    request = body(user(), tools=(TOOL, OTHER), tool_choice=ToolChoice(allowed=("other",)))
    assert request["tools"] == [{"functionDeclarations": [{"name": "other"}]}]
    assert "toolConfig" not in request
    assert not {"tools", "toolConfig"} & body(user(), tools=(TOOL,), tool_choice=ToolChoice(allowed=("gone",))).keys()


def test_a_custom_tool_is_a_function_of_one_text() -> None:
    tool = Tool("sql", "Runs SQL", type="custom", grammar=Grammar("regex", "select .*"))
    declared = body(user(), tools=(tool,))["tools"][0]["functionDeclarations"][0]
    assert (declared["name"], declared["description"]) == ("sql", "Runs SQL")
    asked = declared["parametersJsonSchema"]["properties"]["input"]
    assert asked == {"type": "string", "description": "Free text that fits this regular expression:\nselect .*"}


def test_the_reply_is_held_to_a_schema() -> None:
    request = body(user(), response=ResponseSchema(SCHEMA), temperature=0.5)
    assert request["generationConfig"] == {
        "temperature": 0.5,
        "responseMimeType": "application/json",
        "responseJsonSchema": SCHEMA,
    }


def test_thinking_stands_beside_the_other_options() -> None:
    request = body(user(), model="gemini-2.5-flash", thinking=Effort("budget", 900), temperature=0.5)
    assert request["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 900
    assert request["generationConfig"]["temperature"] == 0.5
    extra = {"generationConfig": {"thinkingConfig": {"thinkingBudget": 5}}}
    request = body(user(), model="gemini-2.5-flash", thinking=Effort("budget", 900), extra_body=extra)
    assert request["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 5
    assert "generationConfig" not in body(user(), model="gemini-2.5-flash")


SEARCH = {"googleSearch": {}}
VERTEX = Connection("v", "V", "https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google")


def test_google_search_alone_and_beside_functions() -> None:
    assert body(user(), web_search=WebSearch("high", 3))["tools"] == [SEARCH]
    assert "toolConfig" not in body(user(), web_search=WebSearch(), tool_choice=ToolChoice("required"))
    request = body(user(), tools=(OTHER,), web_search=WebSearch(), tool_choice=ToolChoice("validated"))
    assert request["tools"] == [{"functionDeclarations": [{"name": "other"}]}, SEARCH]
    assert request["toolConfig"] == {
        "functionCallingConfig": {"mode": "VALIDATED"},
        "includeServerSideToolInvocations": True,
    }


@pytest.mark.parametrize("more", [{"model": "gemini-2.5-pro"}, {"connection": VERTEX}])
def test_the_combination_is_asked_for_only_where_it_can_be(more: Any) -> None:
    request = body(user(), tools=(OTHER,), web_search=WebSearch(), **more)
    assert (len(request["tools"]), "toolConfig" in request) == (2, False)

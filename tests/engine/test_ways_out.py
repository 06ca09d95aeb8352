"""Refusals that name a known cause get better words, and a click that leads out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callsmith.advice import Context, advise
from callsmith.advice.causes import CauseId, known_cause
from callsmith.notes import ways_out
from callsmith.types.connection import KeyRef, Target
from callsmith.types.features import Effort, ResponseSchema, WebSearch
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import ToolChoice
from callsmith.wire.problems import http_problem
from callsmith.wire.registry import WIRES
from tests.engine.notes_kit import ANTHROPIC, CHAT, GATEWAY, GEMINI, RESPONSES, TOOL


def refused(message: str, status: int = 400, **fields: Any) -> Problem:
    return http_problem(status, json.dumps({"error": {"message": message, **fields}}).encode())


def ask(
    problem: Problem,
    wire: str,
    model: str,
    options: Options = Options(),  # noqa: B008 - frozen
) -> list[tuple[str, Setup]]:
    """The label of each way out, and the setup it leads to."""
    setup = Setup("g", wire, model, options=options, tools=tuple(ToolUse(f"t{at}") for at in range(200)))
    fixes = ways_out(problem, setup, Target(GATEWAY, wire, model), (TOOL,))
    return [(fix.label, fix.change(setup)) for fix in fixes]


# The words are the providers' own (recorded, documented, or quoted in public issues), by trap.
TRAP_34 = (
    "Function tools with reasoning_effort are not supported for gpt-5.6-sol in /v1/chat/completions. To use function "
    "tools, use /v1/responses or set reasoning_effort to 'none'."
)
TRAP_21 = "The `reasoning_content` in the thinking mode must be passed back to the API."
TRAP_21_KIMI = "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2"
TRAP_22 = "The reasoning_content field must not be included in the input messages"
TRAP_24 = "Function call is missing a thought_signature in functionCall parts. This is required for tools to work."
TRAP_26 = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`."
TRAP_27 = "Thinking may not be enabled when tool_choice forces tool use."
TRAP_27_QWEN = "The tool_choice parameter does not support being set to required or object in thinking mode"
TRAP_30 = "Item with id 'rs_0a1b' not found. Items are not persisted when `store` is set to false."
TRAP_31 = "Item 'rs_68c4' of type 'reasoning' was provided without its required following item."
TRAP_32 = "Encrypted content is not supported with this model."
TRAP_37 = (
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 140."
)
TRAP_39 = "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern"
TRAP_41 = "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool schemas."
TRAP_42 = "The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas."
BUDGET = "`max_tokens` must be greater than `thinking.budget_tokens`."
ADAPTIVE = (
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort"'
)


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (TRAP_34, "tools-reasoning"),
        (TRAP_21, "reasoning-missing"),
        (TRAP_21_KIMI, "reasoning-missing"),
        (TRAP_22, "reasoning-unwanted"),
        (TRAP_24, "signature-missing"),
        (TRAP_26, "thinking-block-missing"),
        (TRAP_27, "forced-choice-thinking"),
        (TRAP_27_QWEN, "forced-choice-thinking"),
        (TRAP_30, "reasoning-item"),
        (TRAP_31, "reasoning-item"),
        (TRAP_32, "encrypted"),
        (TRAP_39, "tool-name"),
        (TRAP_41, "grammar"),
        (TRAP_42, "grammar"),
        (BUDGET, "budget"),
        ("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024", "budget-least"),
        (ADAPTIVE, "adaptive-only"),
        ("Budget 0 is invalid. This model only works in thinking mode.", "always-thinks"),
        ("`temperature` may only be set to 1 when thinking is enabled.", "temperature-thinking"),
        ("Tool use with function calling is unsupported", "search-tools"),
        ("Function calling with a response mime type: 'application/json' is unsupported", "schema-tools"),
        ("'messages' must contain the word 'json' in some form", "json-word"),
        ("Unrecognized request argument supplied: stream_options", "stream-options"),
        ('Invalid JSON payload received. Unknown name "additionalProperties" at \'tools[0]', "schema-keyword"),
        ("tool_use ids were found without tool_result blocks immediately after: toolu_1", "result-missing"),
        ("The model is overloaded", None),
        ("Invalid 'messages[3]'. Content blocks are expected to be either text or image_url type.", None),
    ],
)
def test_the_cause_is_read_from_the_providers_own_words(message: str, cause: CauseId | None) -> None:
    known = known_cause(refused(message))
    assert (known.id if known else None) == cause


def test_trap_34_goes_to_responses_or_without_reasoning() -> None:
    ways = ask(refused(TRAP_34, param="reasoning_effort"), CHAT, "gpt-5.6-sol")
    assert [label for label, _ in ways] == ["Switch to Responses", "Turn thinking off"]
    assert ways[0][1].wire == RESPONSES
    assert ways[1][1].options.thinking == Effort("off")
    # An id that no rule knows gets the field by its name.
    alias = ask(refused(TRAP_34, param="reasoning_effort"), CHAT, "o3")
    assert alias[1][1].options.extra_body == {"reasoning_effort": "none"}


def test_trap_21_and_22_reasoning_that_must_and_must_not_return() -> None:
    ways = ask(refused(TRAP_21), CHAT, "deepseek-v4-flash")
    assert [label for label, _ in ways] == ["Turn thinking off"]
    assert ways[0][1].options.thinking.level == "off"
    kimi = ask(refused(TRAP_21_KIMI), CHAT, "kimi-k2-thinking")
    assert kimi[0][1].options.extra_body == {"thinking": {"type": "disabled"}}
    assert ask(refused(TRAP_22), CHAT, "deepseek-r1") == []


def test_trap_27_choice_or_thinking() -> None:
    options = Options(tool_choice=ToolChoice("required"), thinking=Effort("low"))
    free, off = ask(refused(TRAP_27), ANTHROPIC, "claude-sonnet-4-5", options)
    assert free[1].options.tool_choice == ToolChoice() and free[1].options.thinking == Effort("low")
    assert off[1].options.thinking.level == "off" and off[1].options.tool_choice.mode == "required"


@pytest.mark.parametrize("message", [TRAP_30, TRAP_31])
def test_trap_30_31_33_reasoning_items_that_are_not_known_go_by_chat(message: str) -> None:
    ((label, after),) = ask(refused(message), RESPONSES, "gpt-5")
    assert (label, after.wire) == ("Switch to Chat", CHAT)


def test_trap_32_the_request_goes_without_asking_for_reasoning() -> None:
    ((_, after),) = ask(refused(TRAP_32, param="include"), RESPONSES, "gpt-4o")
    assert after.options.extra_body == {"include": []}


def test_trap_37_fewer_tools() -> None:
    problem = refused(TRAP_37, param="tools", code="array_above_max_length")
    ((_, after),) = ask(problem, CHAT, "gpt-4o")
    assert sum(use.on for use in after.tools) == 128


def test_trap_24_the_format_that_carries_signatures() -> None:
    ((_, after),) = ask(refused(TRAP_24), CHAT, "gemini-3-pro-preview")
    assert after.wire == GEMINI


def test_trap_42_a_grammar_too_large_even_as_a_500() -> None:
    options = Options(response=ResponseSchema({"type": "object"}))
    ((_, after),) = ask(refused(TRAP_42, status=500), ANTHROPIC, "claude-sonnet-4-6", options)
    assert after.options.response is not None and after.options.response.on is False
    assert ask(refused(TRAP_41), ANTHROPIC, "claude-sonnet-4-6") == []


def test_budgets_and_levels() -> None:
    options = Options(thinking=Effort("budget", 9000), max_tokens=4000)
    ways = ask(refused(BUDGET), ANTHROPIC, "claude-sonnet-4-5", options)
    assert ways[0][1].options.max_tokens == 13000 and ways[1][1].options.thinking == Effort()
    ((_, adaptive),) = ask(refused(ADAPTIVE), ANTHROPIC, "claude-next", Options(thinking=Effort("budget", 2000)))
    assert adaptive.options.extra_body == {"thinking": {"type": "adaptive"}} and adaptive.options.thinking == Effort()
    said = "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported values are: 'none', 'low'"
    ways = ask(refused(said), CHAT, "my-alias", Options(thinking=Effort("minimal")))
    assert ways[0][1].options.thinking.level in ("off", "low")


def test_fields_a_model_does_not_take_are_cleared() -> None:
    options = Options(max_tokens=900, stop=("END",), temperature=0.3, web_search=WebSearch())
    said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    renamed, cleared = ask(refused(said, param="max_tokens"), CHAT, "my-alias", options)
    assert renamed[1].options.max_tokens is None and renamed[1].options.extra_body == {"max_completion_tokens": 900}
    assert cleared[1].options.extra_body == {}
    stop = refused("Unsupported parameter: 'stop' is not supported with this model.", param="stop")
    ((label, after),) = ask(stop, CHAT, "my-alias", options)
    assert (label, after.options.stop, after.options.temperature) == ("Clear stop sequences", (), 0.3)
    assert ask(stop, CHAT, "my-alias") == []
    search = refused("Web search options not supported with this model.", param="web_search_options")
    ways = ask(search, CHAT, "gpt-4o", options)
    assert ways[0][1].options.web_search is not None and ways[0][1].options.web_search.on is False
    stream = ask(refused("Unknown field: stream_options"), CHAT, "some-model")
    assert [label for label, _ in stream] == ["Send without stream_options", "Switch streaming off"]


@pytest.mark.parametrize("status", [401, 402, 403, 404, 413, 429])
def test_refusals_of_another_kind_are_left_to_their_own_advice(status: int) -> None:
    assert known_cause(refused(TRAP_21, status=status)) is None


def test_the_advice_names_the_model_and_the_step() -> None:
    advice = advise(refused(TRAP_34), Context(GATEWAY, "gpt-5.6-sol", CHAT, has_tools=True))
    assert advice.title == "gpt-5.6-sol takes no tools on Chat while it reasons"
    assert advice.actions == ("options", "retry")
    assert advise(refused(TRAP_39), Context(GATEWAY, "gpt-4o", CHAT)).actions[0] == "tools"
    assert advise(refused(TRAP_34), Context()).title.startswith("This model takes")


@pytest.fixture
def recorded(shared: Path) -> list[tuple[str, Problem]]:
    """Every recorded refusal, all formats."""
    found = []
    for wire in WIRES:
        for path in sorted((shared / "recordings" / wire).glob("*.json")):
            for exchange in json.loads(path.read_text())["exchanges"]:
                response = exchange["response"]
                if response["status"] >= 400:
                    found.append((wire, WIRES[wire].error(response["status"], (response["body_text"] or "").encode())))
    return found


def test_recorded_refusals_are_told_apart_and_every_one_has_advice(recorded: list[tuple[str, Problem]]) -> None:
    causes: dict[str, int] = {}
    for wire, problem in recorded:
        known = known_cause(problem)
        causes[known.id if known else ""] = causes.get(known.id if known else "", 0) + 1
        advice = advise(problem, Context(replace(GATEWAY, key=KeyRef("session")), "a-model", wire))
        assert advice.steps and advice.actions
        said = problem.message.lower()
        if "api key" in said or "x-api-key" in said:
            assert advice.title == "The key was not accepted", problem
        if "maximum context length" in said or "too long" in said or "token count" in said:
            assert advice.title == "The conversation is too long for the model", problem
        for fix in ways_out(problem, Setup("g", wire, "a-model"), Target(GATEWAY, wire, "a-model")):
            assert fix.label
    expected = {"effort-value", "max-tokens-field", "reasoning-item", "result-missing", "web-search"}
    assert expected <= causes.keys()
    assert causes[""] > sum(number for cause, number in causes.items() if cause)


def test_a_level_the_provider_lists_is_offered_by_a_recorded_error(recorded: list[tuple[str, Problem]]) -> None:
    (problem,) = [item for _, item in recorded if "effort level" in item.message]
    ways = ask(problem, ANTHROPIC, "claude-opus-4-6", Options(thinking=Effort("xhigh")))
    assert ways[0][0] in ("Set thinking to high", "Set thinking to max")

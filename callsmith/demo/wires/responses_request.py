"""A Responses request, read and refused in the vendor's words (OpenAI's, as of 2026).

Stricter than most gateways: what passes here passes elsewhere too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.models import find_model
from callsmith.demo.wires.openai_checks import (
    EFFORTS,
    check_limit,
    check_range,
    check_schema_of,
    invalid_value,
    missing,
    wrong_type,
)
from callsmith.demo.wires.responses_history import read_history
from callsmith.demo.wires.responses_tools import read_choice, read_tools
from callsmith.demo.wires.responses_words import check_fields, flag, object_at, text_at, unsupported
from callsmith.types.features import ResponseSchema

ENCRYPTED = "reasoning.encrypted_content"
SOURCES = "web_search_call.action.sources"
MIN_OUTPUT_TOKENS = 16
_FIELDS = frozenset(
    (
        *("background", "conversation", "include", "input", "instructions", "max_output_tokens", "max_tool_calls"),
        *("metadata", "model", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key"),
        *("prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store"),
        *("stream", "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p"),
        *("truncation", "user"),
    )
)
# unverified: the wording, recalled
_MOVED = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "response_format": "text.format",
    "reasoning_effort": "reasoning.effort",
    "verbosity": "text.verbosity",
}
_INCLUDES = (
    *("file_search_call.results", "web_search_call.results", SOURCES, "message.input_image.image_url"),
    *("computer_call_output.output.image_url", "code_interpreter_call.outputs", ENCRYPTED),
    "message.output_text.logprobs",
)
_SUMMARIES = ("auto", "concise", "detailed")
_FORMATS = ("text", "json_object", "json_schema")
_FORMAT_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_ask(document: Any, seed: str, today: date) -> Ask:
    if not isinstance(document, Mapping):
        raise Refused("We could not parse the JSON body of your request. The API expects a JSON object.")
    _check_known(document)
    model = document.get("model")
    if not isinstance(model, str) or not model:
        raise missing("model") if not model else wrong_type("model", "a string", model)
    _check_kept(document)
    stored = flag(document, "store", True)
    history = read_history(document.get("input"), model, stored=stored)
    offered = read_tools(document.get("tools"))
    if document.get("stream_options") is not None and document.get("stream") is not True:
        raise Refused(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    for name, low, high in (("temperature", 0, 2), ("top_p", 0, 1)):
        check_range(document, name, low, high)
    thinks, shows = _reasoning(document, model)
    return Ask(
        model=model,
        thread=history.thread(_instructions(document)),
        seed=seed,
        today=today,
        tools=offered.tools,
        choice=read_choice(document.get("tool_choice"), offered),
        parallel=flag(document, "parallel_tool_calls", True),
        max_tokens=_limit(document),
        stream=flag(document, "stream", False),
        include_usage=True,
        thinks=thinks,
        shows=shows,
        response=_response(document),
        searches=offered.searches,
        servers=offered.servers,
        leave=MappingProxyType(history.leave),
        document=document,
    )


def _check_known(document: Mapping[str, Any]) -> None:
    for old, new in _MOVED.items():
        if old in document:
            raise Refused(
                f"Unsupported parameter: '{old}'. In the Responses API, this parameter has moved to '{new}'. "
                "Try again with the new parameter.",
                param=old,
                code="unsupported_parameter",
            )
    check_fields(document, _FIELDS)


def _check_kept(document: Mapping[str, Any]) -> None:
    """The demo keeps nothing between requests, and nothing of prompts or runs in the background."""
    previous = document.get("previous_response_id")
    if previous is not None:
        message = f"Previous response with id '{previous}' not found."
        raise Refused(message, param="previous_response_id", code="previous_response_not_found")
    conversation = document.get("conversation")
    if conversation is not None:
        named = conversation.get("id") if isinstance(conversation, Mapping) else conversation
        raise Refused(f"Conversation with id '{named}' not found.", param="conversation", status=404)
    for name in ("prompt", "background"):
        if document.get(name):
            raise unsupported(name)


def _instructions(document: Mapping[str, Any]) -> str:
    instructions = document.get("instructions")
    if instructions is not None and not isinstance(instructions, str):
        raise wrong_type("instructions", "a string", instructions)
    return instructions or ""


def _reasoning(document: Mapping[str, Any], model_id: str) -> tuple[bool | None, bool]:
    """Whether to think, None for the model's own way, and whether to show it."""
    reasoning, include = object_at(document, "reasoning"), document.get("include") or []
    if not isinstance(include, list):
        raise wrong_type("include", "an array of strings", include)
    for number, name in enumerate(include):
        if name not in _INCLUDES:
            raise invalid_value(f"include[{number}]", name, _INCLUDES)
    effort, summary = reasoning.get("effort"), reasoning.get("summary") or reasoning.get("generate_summary")
    if effort is not None and effort not in EFFORTS:
        raise invalid_value("reasoning.effort", effort, EFFORTS)
    if summary is not None and summary not in _SUMMARIES:
        raise invalid_value("reasoning.summary", summary, _SUMMARIES)
    model = find_model(model_id)
    thinks = None if effort is None else effort != "none"
    if model is not None and not model.thinks and not thinks:
        if ENCRYPTED in include:
            raise Refused("Encrypted content is not supported with this model.", param="include")
        if summary is not None:
            raise unsupported("reasoning.summary")
    return thinks, summary is not None


def _response(document: Mapping[str, Any]) -> ResponseSchema | None:
    shape = object_at(document, "text").get("format")
    if shape is None:
        return None
    if not isinstance(shape, Mapping):
        raise wrong_type("text.format", "an object", shape)
    kind = shape.get("type")
    if kind not in _FORMATS:
        raise invalid_value("text.format.type", kind, _FORMATS)
    if kind == "json_object":
        if "json" not in f"{document.get('input')}{document.get('instructions')}".lower():
            raise Refused(
                "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
                "'json_object'.",
                param="input",
            )
        return ResponseSchema({"type": "object"}, strict=None)
    if kind == "text":
        return None
    name = text_at(shape, "name", "text.format")
    if not _FORMAT_NAME.fullmatch(name):
        raise Refused(
            "Invalid 'text.format.name': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'.",
            param="text.format.name",
            code="invalid_value",
        )
    schema, strict = shape.get("schema"), shape.get("strict")
    if schema is None:
        raise missing("text.format.schema")
    check_schema_of(
        f"response_format '{name}'", schema, "text.format.schema", strict=strict is True, code="invalid_json_schema"
    )
    return ResponseSchema(schema, name, str(shape.get("description") or ""), strict)


def _limit(document: Mapping[str, Any]) -> int | None:
    value = check_limit(document, "max_output_tokens")
    if value is not None and value < MIN_OUTPUT_TOKENS:
        raise Refused(
            f"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {MIN_OUTPUT_TOKENS}, "
            f"but got {value} instead.",
            param="max_output_tokens",
            code="integer_below_min_value",
        )
    return value

"""A Chat Completions request, read and refused in the vendor's words (OpenAI's, as of 2025; DeepSeek's for thinking).

Stricter than most gateways: what passes here passes elsewhere too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.models import DemoModel, find_model
from callsmith.demo.wires.chat_history import check_reasoning, read_thread
from callsmith.demo.wires.chat_tools import read_choice, read_tools
from callsmith.demo.wires.openai_checks import (
    EFFORTS,
    check_array,
    check_limit,
    check_name,
    check_range,
    check_schema_of,
    invalid_value,
    missing,
    wrong_type,
)
from callsmith.types.features import ResponseSchema, SpokenReply
from callsmith.types.tool import Tool

MAX_STOP = 4


def read_ask(document: Any, seed: str, today: date) -> Ask:
    if not isinstance(document, Mapping):
        raise Refused("We could not parse the JSON body of your request. The API expects a JSON object.")
    model = document.get("model")
    if not isinstance(model, str) or not model:
        raise Refused("you must provide a model parameter", param="model")
    messages = document.get("messages")
    thread = read_thread(messages)
    tools = read_tools(document)
    _check_options(document, tools)
    thinks = _thinks(document)
    known = find_model(model)
    uses_tools = bool(tools) or any(message.calls for message in thread.messages)
    if uses_tools and isinstance(messages, list) and known is not None and known.thinks and thinks is not False:
        check_reasoning(messages)
    stream = document.get("stream") is True
    options = document.get("stream_options") or {}
    return Ask(
        model=model,
        thread=thread,
        seed=seed,
        today=today,
        tools=tools,
        choice=read_choice(document, tools),
        parallel=document.get("parallel_tool_calls") is not False and document.get("functions") is None,
        max_tokens=check_limit(document, "max_completion_tokens", "max_tokens"),
        stop=_stop(document.get("stop")),
        stream=stream,
        include_usage=stream and options.get("include_usage") is True,
        thinks=thinks,
        response=_response(document),
        searches=isinstance(document.get("web_search_options"), Mapping),
        spoken=_spoken(document, known, stream=stream),
        document=document,
    )


def _check_options(document: Mapping[str, Any], tools: tuple[Tool, ...]) -> None:
    if document.get("parallel_tool_calls") is not None and not tools:
        raise Refused(
            "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are "
            "specified.",
            param="parallel_tool_calls",
        )
    if document.get("stream_options") is not None and document.get("stream") is not True:
        raise Refused(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if document.get("n") not in (None, 1):
        raise Refused("The demo model gives one choice: 'n' must be 1.", param="n")
    check_range(document, "temperature", 0, 2)
    check_range(document, "top_p", 0, 1)
    key = document.get("prompt_cache_key")
    if key is not None and not isinstance(key, str):
        raise wrong_type("prompt_cache_key", "a string", key)


def _thinks(document: Mapping[str, Any]) -> bool | None:
    """``reasoning_effort`` as OpenAI has it; ``thinking`` as DeepSeek, GLM and others do."""
    thinking = document.get("thinking")
    if isinstance(thinking, Mapping) and thinking.get("type") == "disabled":
        return False
    effort = document.get("reasoning_effort")
    if effort is None:
        return True if isinstance(thinking, Mapping) else None
    if effort not in EFFORTS:
        raise invalid_value("reasoning_effort", effort, EFFORTS)
    return bool(effort != "none")


def _response(document: Mapping[str, Any]) -> ResponseSchema | None:
    given = document.get("response_format")
    kind = given.get("type") if isinstance(given, Mapping) else None
    if given is None or kind == "text":
        return None
    if kind == "json_object":
        if "json" not in str(document.get("messages")).lower():
            raise Refused(
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
                param="messages",
            )
        return ResponseSchema({"type": "object"}, strict=None)
    if kind != "json_schema":
        raise invalid_value("response_format.type", kind, ("text", "json_object", "json_schema"))
    inside = given.get("json_schema")
    if not isinstance(inside, Mapping):
        raise missing("response_format.json_schema")
    at = "response_format.json_schema"
    name = check_name(inside.get("name"), f"{at}.name")
    schema, strict = inside.get("schema"), inside.get("strict")
    if schema is None:
        raise missing(f"{at}.schema")
    # OpenAI names the parameter without what is inside of it, and no code.
    check_schema_of(f"response_format '{name}'", schema, "response_format", strict=strict is True)
    return ResponseSchema(schema, name, str(inside.get("description") or ""), strict)


def _spoken(document: Mapping[str, Any], model: DemoModel | None, *, stream: bool) -> SpokenReply | None:
    """The words of these refusals are unverified."""
    modalities = document.get("modalities") or ["text"]
    if not isinstance(modalities, list) or not set(modalities) <= {"text", "audio"}:
        raise invalid_value("modalities", modalities, ("text", "audio"))
    if "audio" not in modalities:
        return None
    if model is not None and not model.speaks:
        raise Refused("This model does not support audio output.", param="modalities", code="unsupported_value")
    audio = document.get("audio")
    if not isinstance(audio, Mapping) or not isinstance(audio.get("voice"), str):
        raise missing("audio" if not isinstance(audio, Mapping) else "audio.voice")
    spoken = SpokenReply(audio["voice"], str(audio.get("format")))
    supported = ("pcm16",) if stream else ("wav", "pcm16")
    if spoken.format not in supported:
        when = " when stream=true" if stream else ""
        values = " and ".join(f"'{name}'" for name in supported)
        raise Refused(
            f"Unsupported value: 'audio.format' does not support '{spoken.format}'{when}. Supported values are: "
            f"{values}.",
            param="audio.format",
            code="unsupported_value",
        )
    return spoken


def _stop(stop: Any) -> tuple[str, ...]:
    if stop is None:
        return ()
    stops = [stop] if isinstance(stop, str) else stop
    if not isinstance(stops, list) or not all(isinstance(text, str) for text in stops):
        raise wrong_type("stop", "a string or an array of strings", stop)
    return tuple(check_array(stops, "stop", MAX_STOP, least=0))

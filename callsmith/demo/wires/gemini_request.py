"""A Gemini request, read and refused in the vendor's words (Google's v1beta, as of 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.models import find_model
from callsmith.demo.wires.base import Route
from callsmith.demo.wires.gemini_history import read_contents, read_parts
from callsmith.demo.wires.gemini_schema import check_json_schema, check_proto_schema
from callsmith.demo.wires.gemini_tools import read_tools
from callsmith.demo.wires.gemini_words import at_proto, enum_value, fields, invalid_value, listed, number
from callsmith.types.features import ResponseSchema
from callsmith.types.message import Thread

STREAM, PLAIN = "streamGenerateContent", "generateContent"
MAX_STOP = 5
MAX_BUDGET = 32_768
_FIELDS = frozenset(
    (
        *("contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig"),
        *("cachedContent", "labels", "model", "store", "serviceTier"),
    )
)
_GENERATION = frozenset(
    (
        *("stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "responseModalities"),
        *("candidateCount", "maxOutputTokens", "temperature", "topP", "topK", "seed", "presencePenalty"),
        *("frequencyPenalty", "responseLogprobs", "logprobs", "enableEnhancedCivicAnswers", "speechConfig"),
        *("thinkingConfig", "imageConfig", "mediaResolution"),
    )
)
_THINKING = frozenset(("includeThoughts", "thinkingBudget", "thinkingLevel"))
_LEVELS = ("MINIMAL", "LOW", "MEDIUM", "HIGH")
_MIMES = ("text/plain", "application/json", "text/x.enum")


def read_ask(document: Any, seed: str, today: date, route: Route) -> Ask:
    """The model is in the path, and how the reply is framed in its action and its query."""
    if not isinstance(document, Mapping):
        raise Refused("Invalid JSON payload received. Expected an object at the root.")
    model = find_model(route.model)
    if model is None or route.action not in (STREAM, PLAIN):
        raise Refused(
            f"models/{route.model} is not found for API version v1beta, or is not supported for "
            f"{PLAIN if model is None else route.action}. Call ModelService.ListModels to see the list of available "
            "models and their supported methods.",
            status=404,
        )
    held = fields(document, _FIELDS, "")
    messages = read_contents(held.get("contents"), model.id, signs=model.thinks)
    tools, searches, choice = read_tools(held.get("tools"), held.get("toolConfig"))
    config = fields(held.get("generationConfig") or {}, _GENERATION, "generation_config")
    thinks, shows = _thinking(config.get("thinkingConfig"))
    stream = route.action == STREAM
    return Ask(
        model=model.id,
        thread=Thread(_system(held.get("systemInstruction")), messages),
        seed=seed,
        today=today,
        tools=tools,
        choice=choice,
        max_tokens=_checked_numbers(config),
        stop=_stop(config.get("stopSequences")),
        stream=stream,
        include_usage=True,
        thinks=thinks,
        shows=shows,
        response=_response(config),
        searches=searches,
        framing=_framing(route),
        document=document,
    )


def _framing(route: Route) -> Literal["sse", "array"]:
    """Without ``alt=sse`` a stream is one JSON array in pieces (wire-format notes, 5.3)."""
    return "sse" if route.query.get("alt") == "sse" else "array"


def _system(given: Any) -> str:
    if given is None:
        return ""
    content = {"parts": [{"text": given}]} if isinstance(given, str) else given
    _, parts = read_parts(content, "system_instruction")
    return "\n".join(part["text"] for part in parts if "text" in part)


def _checked_numbers(config: Mapping[str, Any]) -> int | None:
    """The token limit, once all numbers are in their ranges."""
    for name, proto, high in (("temperature", "temperature", 2.0), ("topP", "top_p", 1.0)):
        at = f"generation_config.{proto}"
        if name in config and not 0 <= number(config[name], at) <= high:
            raise at_proto(at, f"{proto} must be in the range [0.0, {high}].")
    if "candidateCount" in config and number(config["candidateCount"], "generation_config.candidate_count") != 1:
        raise Refused("Multiple candidates is not enabled for this model")
    if "maxOutputTokens" not in config:
        return None
    limit = int(number(config["maxOutputTokens"], "generation_config.max_output_tokens", whole=True))
    if limit < 1:
        raise at_proto("generation_config.max_output_tokens", "max_output_tokens must be positive.")
    return limit


def _stop(given: Any) -> tuple[str, ...]:
    at = "generation_config.stop_sequences"
    stops = listed(given, at)
    for place, text in enumerate(stops):
        if not isinstance(text, str):
            raise invalid_value(f"{at}[{place}]", "TYPE_STRING", text)
    if len(stops) > MAX_STOP:
        # unverified: the wording
        raise at_proto(at, f"the number of stop sequences must be at most {MAX_STOP}.")
    return tuple(stops)


def _response(config: Mapping[str, Any]) -> ResponseSchema | None:
    mime = config.get("responseMimeType") or "text/plain"
    if mime not in _MIMES:
        raise at_proto(
            "generation_config.response_mime_type",
            "allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and "
            "`text/x.enum`.",
        )
    given = [name for name in ("responseSchema", "responseJsonSchema") if name in config]
    if given and mime == "text/plain":
        raise at_proto(
            "generation_config.response_schema", "only allowed when response_mime_type is set to application/json."
        )
    if len(given) > 1:
        # unverified: the wording
        raise at_proto("generation_config", "only one of response_schema and response_json_schema may be set.")
    if mime == "text/plain":
        return None
    if "responseSchema" in config:
        schema = check_proto_schema(config["responseSchema"], "generation_config.response_schema")
    elif "responseJsonSchema" in config:
        schema = check_json_schema(config["responseJsonSchema"], "generation_config.response_json_schema")
    else:
        schema = {"type": "object"}
    return ResponseSchema(schema, strict=None)


def _thinking(given: Any) -> tuple[bool | None, bool]:
    """Whether to think, None for the model's own way, and whether to show it."""
    at = "generation_config.thinking_config"
    held = fields(given or {}, _THINKING, at)
    shows, thinks = held.get("includeThoughts") is True, None
    if "thinkingBudget" in held and "thinkingLevel" in held:
        raise Refused("You can only set only one of thinking budget and thinking level.")
    if "thinkingLevel" in held:
        level = held["thinkingLevel"]
        given_level = level.upper() if isinstance(level, str) else level
        enum_value(f"{at}.thinking_level", "ThinkingConfig.ThinkingLevel", given_level, _LEVELS)
        thinks = True
    if "thinkingBudget" in held:
        budget = int(number(held["thinkingBudget"], f"{at}.thinking_budget", whole=True))
        if not -1 <= budget <= MAX_BUDGET:
            raise Refused(f"The thinking budget ({budget}) is invalid.")
        thinks = budget != 0
    if shows and thinks is False:
        raise Refused("Thinking_config.include_thoughts is only enabled when thinking is enabled.")
    return thinks, shows

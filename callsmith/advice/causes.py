"""Which known cause a refusal names, read from the provider's own words and the field it points at.

Providers give these no code of their own, so their words decide; the wordings are theirs, as quoted in their
documentation, in recorded answers and in public issues (wire-format notes, section 10, by trap).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from callsmith.types.problem import Problem

CauseId = Literal[
    "tools-reasoning",
    "reasoning-missing",
    "reasoning-unwanted",
    "forced-choice-thinking",
    "forced-choice",
    "encrypted",
    "thinking-block-missing",
    "signature",
    "signature-missing",
    "reasoning-item",
    "budget",
    "budget-least",
    "adaptive-only",
    "always-thinks",
    "effort-value",
    "temperature-thinking",
    "max-tokens-field",
    "stream-options",
    "web-search",
    "search-tools",
    "schema-tools",
    "response-format",
    "json-word",
    "grammar",
    "tool-name",
    "tools-many",
    "description-long",
    "schema-keyword",
    "result-missing",
    "media-kind",
    "media-fetch",
]


@dataclass(frozen=True, slots=True)
class Known:
    """``words`` found in the message; ``param``, where given, has to begin the field the provider points at."""

    id: CauseId
    words: str
    title: str
    cause: str
    step: str
    param: str = ""


# The first that fits counts, so the narrower ones stand first.
_KNOWN: tuple[Known, ...] = (
    Known(  # trap 34
        "tools-reasoning",
        r"tools with reasoning_effort are not supported|use /v1/responses or set reasoning_effort",
        "This model takes no tools on Chat while it reasons",
        "Its maker serves tools beside reasoning in the Responses format only, even at the model's default effort.",
        "Switch to Responses, or turn thinking off.",
    ),
    Known(  # trap 22
        "reasoning-unwanted",
        r"reasoning_content.{0,60}(should not|must not|not (be )?(allowed|included|permitted)|is not supported|remove)"
        r"|(should not|must not|remove).{0,60}reasoning_content",
        "The model does not take its thinking back",
        "Earlier thinking went along in the history, and this model refuses it.",
        "Choose another model, or start a new conversation.",
    ),
    Known(  # trap 21
        "reasoning-missing",
        r"reasoning_content",
        "The model misses its earlier thinking",
        "It wants its reasoning back with every reply of a conversation that uses tools, and a reply here has none.",
        "Turn thinking off for this model, or start a new conversation with it.",
    ),
    Known(  # trap 27
        "forced-choice-thinking",
        r"thinking may not be enabled when tool_choice forces|tool_choice.{0,80}(thinking mode|while thinking)"
        r"|thinking mode does not support.{0,40}tool_choice",
        "The model cannot be forced to call a tool while it thinks",
        "Thinking and a forced tool choice exclude each other.",
        "Let the model choose its tools, or turn thinking off.",
    ),
    Known(
        "forced-choice",
        r"tool_choice.{0,80}(not supported|unsupported|does not support|not allowed|must be.{0,20}auto)"
        r"|(not support|unsupported).{0,60}tool_choice",
        "The model does not take this tool choice",
        "It decides by itself whether to call a tool.",
        "Set the tool choice to auto.",
    ),
    Known(  # trap 32
        "encrypted",
        r"encrypted content (is )?not supported|reasoning\.encrypted_content.{0,60}(not supported|unsupported)",
        "The model has no reasoning to hand out",
        "Its reasoning was asked for in encrypted form, which only reasoning models have.",
        "Send the request without asking for it.",
    ),
    Known(  # trap 26
        "thinking-block-missing",
        r"expected `?thinking`? or `?redacted_thinking`?",
        "A reply of the history lacks its thinking",
        "While Claude thinks, a reply with tool calls has to begin with the thinking it was written with. It was lost, "
        "or another model wrote that reply.",
        "Turn thinking off for the rest of this turn.",
    ),
    Known(  # trap 24
        "signature-missing",
        r"missing a `?thought_?signature|thought_?signature.{0,40}(missing|required)",
        "A call of the history lacks its thought signature",
        "Gemini wants the signature it gave with a call back on that very call; on Chat it is easily lost.",
        "Switch to the Gemini format, which carries it.",
    ),
    Known(
        "signature",
        r"invalid `?signature`?|thought_?signature.{0,40}(invalid|not valid|corrupted)",
        "The provider does not accept a signature of the history",
        "Signatures belong to the model, and sometimes to the account or the server, that made them.",
        "Go back to the model and connection that wrote the replies, or turn thinking off.",
    ),
    Known(  # traps 30, 31, 33
        "reasoning-item",
        r"item (with id )?'?rs_|of type 'reasoning' was provided without|encrypted content.{0,60}(could not be|verif)",
        "The server does not know a reasoning item of the history",
        "Reasoning goes back as an item the server has to recognise; behind a gateway another account may be asked.",
        "Switch to Chat, which sends no reasoning items.",
    ),
    Known(
        "budget",
        r"max_tokens.{0,20}must be greater than.{0,20}budget_tokens"
        r"|budget_tokens.{0,40}(less|smaller) than.{0,20}max_tokens",
        "The thinking budget leaves no room for the reply",
        "It has to be smaller than max tokens, which thinking and reply share.",
        "Raise max tokens, or lower the budget.",
    ),
    Known(
        "budget-least",
        r"budget_tokens.{0,40}greater than or equal to|thinking budget.{0,60}(invalid|out of range|between)",
        "The thinking budget is not one the model takes",
        "It is below the least or above the most that this model can be given.",
        "Correct the budget, or choose a level.",
    ),
    Known(
        "adaptive-only",
        r"thinking\.type\.enabled.{0,40}not supported|use .{0,6}thinking\.type\.adaptive",
        "The model takes no thinking budget",
        "It decides by itself how much to think, within an effort.",
        "Let it think as it finds right.",
    ),
    Known(
        "always-thinks",
        r"thinking\.type\.disabled.{0,40}not supported|thinking.{0,30}cannot be (disabled|turned off)"
        r"|budget 0 is invalid|only works in thinking mode",
        "The model cannot be kept from thinking",
        "Thinking is part of it.",
        "Leave thinking to the model.",
    ),
    Known(
        "effort-value",
        r"does not support effort level|unsupported value: '(none|minimal|low|medium|high|xhigh|max)'",
        "The model does not have this thinking level",
        "Models differ in the levels they take.",
        "Choose one of the levels the message names.",
    ),
    Known(
        "temperature-thinking",
        r"temperature.{0,30}may only be set to 1|`?top_[pk]`?.{0,40}when thinking is enabled",
        "The model's sampling is fixed while it thinks",
        "Temperature and top p are not taken beside thinking.",
        "Clear them, or turn thinking off.",
    ),
    Known(
        "max-tokens-field",
        r"'max_tokens' is not supported.{0,40}max_completion_tokens",
        "The model does not take max_tokens",
        "Newer models of OpenAI want max_completion_tokens instead.",
        "Send the limit under that name.",
    ),
    Known(
        "stream-options",
        r"stream_options",
        "The server does not take stream_options",
        "Callsmith asks with it for the token usage of a stream; some servers do not know the field.",
        "Send the request without it.",
    ),
    Known(
        "web-search",
        r"web search options not supported|web_search.{0,40}(not supported|unsupported|not available)",
        "The model does not search the web",
        "Only some models have a web search of their own in this format.",
        "Switch web search off, or choose a model or format that has it.",
    ),
    Known(
        "search-tools",
        r"built-in tools.{0,60}function calling|tool use with function calling is unsupported"
        r"|multiple tools are supported only when they are all search tools",
        "The model does not search the web while tools are offered",
        "Google Search and functions exclude each other on this model.",
        "Switch web search off, or the tools.",
    ),
    Known(
        "schema-tools",
        r"(function calling|tool use) with a response mime type",
        "The model takes no reply schema while tools are offered",
        "Structured output and functions exclude each other on this model.",
        "Switch the reply schema off, or the tools.",
    ),
    Known(
        "response-format",
        r"response_format.{0,60}(unavailable|not supported|unsupported|invalid)"
        r"|json_schema.{0,60}(not supported|unsupported)",
        "The model takes no reply schema",
        "It does not know structured output with a schema.",
        "Switch the reply schema off.",
    ),
    Known(  # trap 46
        "json-word",
        r"must contain the word ['\"]?json",
        "JSON has to be mentioned in the prompt",
        "The provider wants the word JSON somewhere in the prompt when JSON is asked for without a schema.",
        "Say in the system prompt that the answer is JSON.",
    ),
    Known(  # traps 41, 42
        "grammar",
        r"too complex for compilation|compiled grammar is too large|too many states for serving"
        r"|too many (strict|optional|union)",
        "The schemas are too much for strict mode",
        "Every strict schema of a request is compiled into one grammar, and this one is too large for the model.",
        "Switch strict off for some tools, or offer fewer.",
    ),
    Known(  # traps 39, 40
        "tool-name",
        r"tools?\b.{0,60}name.{0,80}(pattern|at most|too long)|invalid function name|string should match pattern"
        r"|does not match pattern.{0,30}a-zA-Z0-9_",
        "The provider refused the name of a tool",
        "Safe names have letters, digits, _ and -, a letter first, and at most 64 characters.",
        "Rename the tool on the Tools page.",
    ),
    Known(  # trap 37
        "tools-many",
        r"array too long|too many (tools|functions)|at most \d+ (tools|functions)",
        "Too many tools",
        "Most providers take at most 128 in a request.",
        "Offer fewer.",
        "tools",
    ),
    Known(  # trap 38
        "description-long",
        r"description.{0,60}(string too long|maximum length|too long)|string too long.{0,60}description",
        "The description of a tool is too long",
        "This server takes at most 1,024 characters.",
        "Shorten it on the Tools page.",
    ),
    Known(  # traps 43, 44
        "schema-keyword",
        r"unknown name \\?\"?\w+\\?\"? at '?tools?|\[\] is not of type 'object'"
        r"|properties.{0,40}should be (a|an) (object|dict)",
        "The provider does not know a keyword of a tool's schema",
        "Providers differ in how much of JSON Schema they take.",
        "Remove what the message names from the tool's parameters.",
    ),
    Known(  # trap 28
        "result-missing",
        r"no tool output found|tool_use.{0,40}without.{0,20}tool_result|tool_call_ids did not have response",
        "A call of the history has no result",
        "Every call needs its result right after it.",
        "Answer all calls of the reply, or go back before it.",
    ),
    Known(
        "media-kind",
        r"unsupported image|unsupported mime type|file type .{0,30}not supported|could not process image",
        "The provider does not take a file of this kind",
        "Models and formats differ in the images and files they read.",
        "Send it as another kind, or switch to a format that takes it.",
    ),
    Known(
        "media-fetch",
        r"(error while|failed to) download|cannot fetch content|unable to download",
        "The provider could not fetch a file",
        "A file was given by its address, and the provider's server could not get it there.",
        "Upload the file instead, or check the address.",
    ),
)
_COMPILED = tuple((known, re.compile(known.words, re.IGNORECASE | re.DOTALL)) for known in _KNOWN)


def known_cause(problem: Problem) -> Known | None:
    """The cause a refusal names; None where it is not known, or the provider refused for another kind of reason."""
    if problem.kind not in ("http", "stream") or problem.status in (401, 402, 403, 404, 413, 429):
        return None
    text = f"{problem.message}\n{problem.param}"
    for known, words in _COMPILED:
        if words.search(text) and problem.param.startswith(known.param):
            return known
    return None

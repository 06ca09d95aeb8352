"""OpenAI without strict: almost any JSON Schema is taken, and is only a hint (wire-format notes, 7.2)."""

from __future__ import annotations

from dataclasses import replace

from callsmith.vendors import keywords as k
from callsmith.vendors.rules import Lack, Table, ToolRule, dropped, kept, on, refused
from callsmith.vendors.tables import shared
from callsmith.vendors.when import is_list, is_object_at_top, no_object_at_top, top, untyped_top

_NOTES = "notes 7.2"
_EXAMPLE = "notes 2.2"
_TOP = "nspady/google-calendar-mcp#39, langchain-ai/langchainjs#9804"
_ITEMS = "sigoden/aichat#1049, AnswerDotAI/fastcore#798"
_DESCRIPTION = "Over 1,024 characters: OpenAI itself seems to take it since 2025; Azure and relays may refuse it."

_SEEN = "properties required additionalProperties"
_HINTS = shared.hints(_NOTES, f"type {_SEEN}", _EXAMPLE)
_OBJECT = "The top of the parameters has to be of type object."
_NOT_AT_TOP = "OpenAI takes no {keyword} at the top of the parameters; inside a property it is fine."

TOOL = (
    shared.name_rule("openai-chat", "notes 7.6, trap 39", True),
    shared.name_kept("notes 7.6", True),
    shared.long_description(1024, _DESCRIPTION, "notes 7.6, trap 38", True),
    shared.description_kept("notes 2.2", True),
    shared.output_dropped("notes 2.2"),
)
TOP_TYPE = Lack("(root)", untyped_top, refused(_OBJECT, "chatanywhere/GPT_API_free#403", certain=True))

OPENAI = Table(
    id="openai",
    label="OpenAI",
    wires=("openai-chat", "openai-responses"),
    strict=False,
    rules={
        **_HINTS,
        **on(
            "type",
            refused(_OBJECT, _NOTES, when=no_object_at_top, certain=True),
            kept("The top has to be an object, and is.", _EXAMPLE, True, is_object_at_top),
            kept(shared.HINT, _EXAMPLE, True),
        ),
        **{
            keyword: (*on(keyword, refused(_NOT_AT_TOP, _TOP, when=top, certain=True))[keyword], *_HINTS[keyword])
            for keyword in (*k.UNIONS, "enum")
        },
        **on(
            "items",
            refused("A list of schemas is the tuple of older drafts; OpenAI wants one schema.", _NOTES, when=is_list),
            kept(shared.HINT, _NOTES),
        ),
    },
    unknown=shared.unknown_hint(_NOTES),
    broken=shared.BROKEN,
    lost=shared.LOST,
    anything=shared.any_hint(_NOTES),
    nothing=shared.no_hint(_NOTES),
    tool=(
        *TOOL,
        ToolRule(
            "strict",
            lambda tool: tool.strict is not None and not shared.is_custom(tool),
            kept("Off: the schema is a hint.", _EXAMPLE, True),
        ),
        ToolRule(
            "(custom tool)",
            shared.is_custom,
            kept("GPT-5 and later are called with free text; other models get a function.", _EXAMPLE, True),
        ),
    ),
    lacks=(TOP_TYPE, shared.items_needed(_ITEMS, False)),
)

# DeepSeek says that it follows OpenAI; its strict mode is another table.
_DEEPSEEK = "notes 7.6, api-docs.deepseek.com/guides/tool_calls"

DEEPSEEK = replace(
    OPENAI,
    id="deepseek",
    label="DeepSeek",
    wires=("openai-chat",),
    rules={
        **shared.hints(_DEEPSEEK, "", ""),
        **on(
            "type",
            refused(_OBJECT, _DEEPSEEK, when=no_object_at_top),
            kept(shared.HINT, _DEEPSEEK),
        ),
    },
    unknown=shared.unknown_hint(_DEEPSEEK),
    anything=shared.any_hint(_DEEPSEEK),
    nothing=shared.no_hint(_DEEPSEEK),
    tool=(
        shared.name_rule("openai-chat", _DEEPSEEK, False),
        shared.name_kept(_DEEPSEEK, False),
        shared.description_kept(_DEEPSEEK, False),
        shared.output_dropped("notes 2.2"),
        ToolRule(
            "strict",
            lambda tool: tool.strict is not None,
            dropped("DeepSeek has strict on its beta address only; it is not sent.", "notes 7.5"),
        ),
        *shared.as_function("notes 2.2", False),
    ),
    lacks=(Lack("(root)", untyped_top, refused(_OBJECT, _DEEPSEEK)),),
)

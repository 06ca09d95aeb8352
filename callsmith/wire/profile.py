"""What a compatible vendor or a model family does otherwise than the wire format says: data, no code.

A profile is the defaults below changed by every rule that fits, in order; a later rule wins. So the rules go from
model families to the places that serve them. Sources: wire-format notes (sections in brackets) and the vendors' pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from callsmith.types.connection import Connection
from callsmith.types.parts import NO_EXTRA
from callsmith.wire.match import Which


@dataclass(frozen=True, slots=True)
class Profile:
    """How one model behind one connection wants its requests.

    ``reasoning_back``, for reasoning text of Chat: ``own`` it goes back with the messages of the very model that wrote
    it, in a conversation that uses tools; ``always`` the same, and in such a conversation every other
    assistant message carries the field too, with ``reasoning_lost`` in it; ``never`` a request with it is refused.
    ``echoed``: fields of an assistant message that go back as they came. ``call_id_length``: every call id has exactly
    so many characters of [a-zA-Z0-9]; None any id. ``empty_content``: what stands where an assistant message with
    calls has no text. ``strict`` on a tool: ``yes``; ``lost`` it may vanish on the way without a word; ``no``.
    ``response_format``: the strongest structured output of Chat. ``encrypted_reasoning``: may be asked for on
    Responses. ``tools_refuse_effort``: tools beside reasoning are refused on Chat, the default effort included.
    ``chat_web_search``, ``spoken``: Chat's web search and its replies in sound; ``mcp``: remote MCP servers, in the
    formats that have them. ``refuses``: options that get a 400; ``refuses_thinking``: those that get it while the
    model thinks; ``ignores_thinking``: those without effect then. ``forced_choice``: a forced tool choice is taken
    ``always``, ``unless thinking``, or ``never``. ``converts``: a gateway rewrites Chat into the vendor's own format,
    and loses what that has no word for (1.6).
    """

    family: str = ""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    seed_field: str = "seed"
    system_role: Literal["system", "developer"] = "system"
    reasoning_back: Literal["own", "always", "never"] = "own"
    reasoning_lost: str = ""
    echoed: tuple[str, ...] = ("reasoning_details", "extra_content")
    call_id_length: int | None = None
    empty_content: Literal["null", "empty"] = "null"
    stream_usage: bool = True
    strict: Literal["yes", "lost", "no"] = "yes"
    custom_tools: bool = False
    response_format: Literal["json_schema", "json_object", "none"] = "json_schema"
    parallel_switch: bool = True
    encrypted_reasoning: bool = False
    tools_refuse_effort: bool = False
    chat_web_search: bool = True
    spoken: bool = True
    mcp: bool = True
    forced_choice: Literal["always", "unless thinking", "never"] = "always"
    refuses: frozenset[str] = frozenset()
    refuses_thinking: frozenset[str] = frozenset()
    ignores_thinking: frozenset[str] = frozenset()
    converts: bool = False
    max_tools: int | None = None
    max_description: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """``fields`` of the profile for what ``which`` fits."""

    which: Which
    fields: Mapping[str, Any] = field(default_factory=lambda: NO_EXTRA)


def profile_of(connection: Connection, model: str, rules: Sequence[Rule] | None = None) -> Profile:
    """The profile of a model behind a connection. ``rules`` None: the ones Callsmith knows."""
    profile = Profile()
    for rule in RULES if rules is None else rules:
        if rule.which.fits(connection, model):
            profile = replace(profile, **rule.fields)
    return profile


# An id in which "o3" begins a name, not a part of one as in "marco-o1".
O_SERIES = r"(?<![-_])o[1-9](?![a-z0-9])"
# The chat twin of gpt-5 does not reason; the later chat twins do.
GPT_5 = r"gpt-[5-9](?!-chat)"
GPT_54_ON = r"gpt-(?:5\.(?:[4-9]|\d\d)|[6-9])"
# Written claude-opus-4-7 by Anthropic, claude-opus-4.7 or claude-4.7-opus by others.
CLAUDE_47_ON = r"claude-(?:[a-z]+-)?(?:4[-.][7-9]|[5-9])(?!\d)"
CLAUDE_55_ON = r"claude-(?:(?:[a-z]+-)?5[-.][5-9]|fable|mythos|[a-z]+-[6-9](?!\d))"
_SAMPLING = frozenset(("temperature", "top_p"))
# The places that speak for one vendor. Elsewhere a gateway turned Chat into Claude's or Gemini's own format.
_ANTHROPIC, _GOOGLE = "api.anthropic.com", "googleapis.com"
_OPENROUTER = ("openrouter", "openrouter.ai")

RULES: tuple[Rule, ...] = (
    # OpenAI: its reasoning families refuse max_tokens (2.1), and only they know encrypted reasoning (trap 32).
    Rule(Which("gpt-|chatgpt-"), {"family": "openai", "chat_web_search": False, "spoken": False, "max_tools": 128}),
    Rule(Which("gpt-oss"), {"family": "gpt-oss", "max_tools": None}),
    Rule(Which("gpt-[5-9]"), {"max_tokens_field": "max_completion_tokens"}),
    Rule(
        Which(rf"{O_SERIES}|{GPT_5}|codex-mini|computer-use|deep-research"),
        {
            "family": "openai-reasoning",
            "max_tokens_field": "max_completion_tokens",
            "encrypted_reasoning": True,
            "chat_web_search": False,
            "spoken": False,
            "max_tools": 128,
            "refuses": frozenset((*_SAMPLING, "stop")),
        },
    ),
    Rule(Which(O_SERIES), {"refuses": frozenset((*_SAMPLING, "stop", "parallel_tool_calls"))}),
    Rule(Which(GPT_5), {"custom_tools": True}),
    # From gpt-5.1 on sampling is taken while the effort is none; gpt-5.6 takes it no more.
    Rule(Which(r"gpt-5\.[1-5](?!\d)"), {"refuses": frozenset(("stop",)), "refuses_thinking": _SAMPLING}),
    Rule(Which(GPT_54_ON), {"tools_refuse_effort": True}),
    Rule(Which("gpt-[^/]*search"), {"chat_web_search": True}),
    Rule(Which("gpt-[^/]*audio"), {"spoken": True}),
    # Claude. Sampling is fixed from Opus 4.7 on; the 5.5 models, Fable and Mythos take no forced choice.
    Rule(
        Which("claude"),
        {"family": "claude", "spoken": False, "refuses_thinking": _SAMPLING, "forced_choice": "unless thinking"},
    ),
    Rule(Which(CLAUDE_47_ON), {"refuses": _SAMPLING}),
    Rule(Which(CLAUDE_55_ON), {"forced_choice": "never"}),
    Rule(Which("claude", away=(_ANTHROPIC, *_OPENROUTER)), {"converts": True, "strict": "lost"}),
    # What Anthropic's compatible endpoint says it ignores.
    Rule(Which("claude", at=(_ANTHROPIC,)), {"strict": "no", "response_format": "none", "chat_web_search": False}),
    # The gateway says that Anthropic's MCP connector is not supported there (8.1).
    Rule(Which("claude", at=("wenwen", "wenwen-ai.com")), {"mcp": False}),
    Rule(Which("gemini"), {"family": "gemini", "chat_web_search": False, "spoken": False}),
    Rule(Which("gemini", away=(_GOOGLE, *_OPENROUTER)), {"converts": True, "strict": "lost"}),
    # DeepSeek: from V3.2 on reasoning must go back (trap 21), the old reasoner refuses it (trap 22); strict schemas
    # only on the /beta base URL (7.5).
    Rule(
        Which("deepseek"),
        {
            "family": "deepseek",
            "response_format": "json_object",
            "strict": "no",
            "chat_web_search": False,
            "spoken": False,
            "max_tools": 128,
            "ignores_thinking": _SAMPLING,
            "forced_choice": "unless thinking",
        },
    ),
    Rule(Which("deepseek-(?:v3[.p][2-9]|v[4-9]|flash|pro)"), {"reasoning_back": "always"}),
    Rule(Which("deepseek-(?:r1|reasoner)"), {"reasoning_back": "never"}),
    # There the old name is an alias of a newer model.
    Rule(Which("deepseek-reasoner", at=("api.deepseek.com",)), {"reasoning_back": "always"}),
    Rule(Which("kimi|moonshot"), {"family": "kimi", "chat_web_search": False, "spoken": False}),
    # Kimi takes no empty text there; a space passes.
    Rule(
        Which("kimi-(?:k2[.p-](?:[5-9]|thinking)|k[3-9]|thinking)"),
        {"reasoning_back": "always", "reasoning_lost": " "},
    ),
    # unverified: no page says that GLM takes a schema.
    Rule(Which("glm-"), {"family": "glm", "response_format": "json_object", "chat_web_search": False, "spoken": False}),
    Rule(Which("doubao|seed-"), {"family": "doubao", "chat_web_search": False, "spoken": False}),
    Rule(Which("qwen|qwq"), {"family": "qwen", "chat_web_search": False, "forced_choice": "unless thinking"}),
    Rule(Which("grok"), {"family": "grok", "chat_web_search": False, "spoken": False}),
    Rule(
        Which("grok-(?:[4-9]|3-mini)(?!.*non-reasoning)"),
        {"encrypted_reasoning": True, "refuses": frozenset(("stop",))},
    ),
    # Mistral: call ids of nine characters and no null content (trap 36).
    Rule(
        Which("mi[sx]tral|ministral|magistral|codestral|devstral|pixtral"),
        {
            "family": "mistral",
            "call_id_length": 9,
            "empty_content": "empty",
            "chat_web_search": False,
            "spoken": False,
        },
    ),
    # Its own name for seed; usage comes in the last chunk unasked.
    Rule(Which(at=("api.mistral.ai",)), {"seed_field": "random_seed", "stream_usage": False}),
    # Azure deployments still hold descriptions to 1024 characters (trap 38).
    Rule(Which(at=("openai.azure.com", "services.ai.azure.com")), {"max_description": 1024}),
    Rule(Which(at=_OPENROUTER), {"reasoning_back": "own", "chat_web_search": True}),
    Rule(Which(at=("groq", "api.groq.com")), {"reasoning_back": "own", "spoken": False}),
    # Ollama's compatible endpoint takes null content for a fault in its templates, and has no strict.
    Rule(Which(at=("ollama",)), {"empty_content": "empty", "strict": "no", "chat_web_search": False, "spoken": False}),
    Rule(Which("demo-"), {"family": "demo", "custom_tools": True}),
    Rule(Which("demo-thinking"), {"encrypted_reasoning": True, "reasoning_back": "always"}),
)

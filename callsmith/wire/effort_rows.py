"""How each model family is told to think, per wire format: rows, the first that fits counts.

Sources: wire-format notes, sections 3.1, 4.1, 4.2, 5.1 and 6; the vendors' pages on reasoning. What a model accepts was
checked against recorded requests where there are any. ``unverified`` marks what no source says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from callsmith.types.features import EffortLevel
from callsmith.types.parts import NO_EXTRA
from callsmith.wire.match import Which
from callsmith.wire.profile import CLAUDE_47_ON, GPT_5, O_SERIES

Fragment = Mapping[str, Any]
# Stands in a fragment where the number of tokens goes.
NUMBER: Final = object()
CHAT, RESPONSES, ANTHROPIC, GEMINI = "openai-chat", "openai-responses", "anthropic", "gemini"
OPENAI = f"{CHAT} {RESPONSES}"
_GROQ = ("groq", "api.groq.com")


@dataclass(frozen=True, slots=True)
class Control:
    """``words``: the body fragment of each level that has its own word. ``tokens``: levels said as a number of tokens,
    put into ``budget``; ``free``: any number may be chosen, from ``least`` on. ``inside_max_tokens``: the budget
    has to be smaller than max tokens. ``shown`` and ``hidden`` go along while thinking is on and its text is wanted or
    not. ``thinks``: what the model does when nothing is said."""

    words: Mapping[EffortLevel, Fragment] = field(default_factory=dict)
    tokens: Mapping[EffortLevel, int] = field(default_factory=dict)
    budget: Fragment = field(default_factory=lambda: NO_EXTRA)
    free: bool = False
    least: int = 1
    inside_max_tokens: bool = False
    shown: Fragment = field(default_factory=lambda: NO_EXTRA)
    hidden: Fragment = field(default_factory=lambda: NO_EXTRA)
    thinks: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    wires: tuple[str, ...]
    which: Which
    control: Control


def _at(path: str, value: Any) -> dict[str, Any]:
    """``{"a": {"b": value}}`` for ``a.b``."""
    name, _, rest = path.partition(".")
    return {name: _at(rest, value) if rest else value}


def _level(word: str) -> EffortLevel:
    return "off" if word == "none" else cast(EffortLevel, word)


def _say(path: str, words: str) -> dict[EffortLevel, Fragment]:
    """A fragment for each of the words, by level."""
    return {_level(word): _at(path, word) for word in words.split()}


_EFFORT, _REASONING = "reasoning_effort", "reasoning.effort"
_FIXED, _ALWAYS, _NEVER = Control(), Control(thinks=True), Control(thinks=False)
_SUMMARY = {"reasoning": {"summary": "auto"}}


def _row(wires: str, model: str, control: Control, at: tuple[str, ...] = ()) -> Row:
    return Row(tuple(wires.split()), Which(model, at), control)


def _chat(words: str, thinks: bool | None) -> Control:
    return Control(_say(_EFFORT, words), thinks=thinks)


def _responses(words: str, thinks: bool | None) -> Control:
    return Control(_say(_REASONING, words), shown=_SUMMARY, thinks=thinks)


def _both(model: str, words: str, thinks: bool | None) -> tuple[Row, Row]:
    return _row(CHAT, model, _chat(words, thinks)), _row(RESPONSES, model, _responses(words, thinks))


# The field of each format as its own definition has it, for models no rule knows. unverified
_STANDARD = "none minimal low medium high xhigh max"

_OPENAI: tuple[Row, ...] = (
    _row(OPENAI, r"(?:o1-(?:mini|preview)|computer-use|deep-research)(?![a-z])|gpt-5\.\d-chat", _ALWAYS),
    *_both(r"gpt-(?:5\.(?:[6-9]|\d\d)|[6-9])", "none low medium high xhigh max", True),
    *_both(r"gpt-5-pro", "high", True),
    *_both(r"gpt-5[\d.]*-pro", "medium high xhigh", True),
    *_both(r"gpt-5(?:\.1)?-codex-max|gpt-5\.[2-5][^/]*codex", "low medium high xhigh", True),
    *_both(r"gpt-5[\d.]*-codex|codex-mini", "low medium high", True),
    # Sources differ on what these do unasked.
    *_both(r"gpt-5\.[45](?!\d)", "none low medium high xhigh", None),
    *_both(r"gpt-5\.[23](?!\d)", "none low medium high xhigh", False),
    *_both(r"gpt-5\.1(?!\d)", "none low medium high", False),
    *_both(GPT_5, "minimal low medium high", True),
    *_both(rf"{O_SERIES}|gpt-oss", "low medium high", True),
    _row(OPENAI, r"gpt-[345]|chatgpt-|davinci|babbage", _NEVER),
)

_DISABLED, _ENABLED = {"thinking": {"type": "disabled"}}, {"thinking": {"type": "enabled"}}
_BUDGET = {"thinking": {"type": "enabled", "budget_tokens": NUMBER}}
_OMITTED, _SUMMARIZED = {"thinking": {"display": "omitted"}}, {"thinking": {"display": "summarized"}}


def _budget(thinks: bool | None) -> Control:
    """Claude's thinking by budget: at least 1024 tokens, and smaller than max tokens (4.2)."""
    tokens: dict[EffortLevel, int] = {"low": 2048, "medium": 8192, "high": 16384, "max": 32000}
    return Control({"off": _DISABLED}, tokens, _BUDGET, True, 1024, True, hidden=_OMITTED, thinks=thinks)


def _adaptive(words: str, *, off: bool, thinks: bool | None) -> Control:
    """Claude thinks as much as it finds right, within an effort. The newer ones omit the text unless asked."""
    levels: dict[EffortLevel, Fragment] = {"off": _DISABLED} if off else {}
    for level, effort in _say("output_config.effort", words).items():
        levels[level] = {"thinking": {"type": "adaptive"}, **effort}
    return Control(levels, shown=_SUMMARIZED, hidden=_OMITTED, thinks=thinks)


_ALL_EFFORTS = "low medium high xhigh max"
_CLAUDE: tuple[Row, ...] = (
    _row(ANTHROPIC, r"claude-(?:3[-.]5|3-(?:opus|sonnet|haiku)|2|instant)", _NEVER),
    _row(ANTHROPIC, r"claude-(?:[a-z]+-)?4[-.]6(?!\d)", _adaptive("low medium high max", off=True, thinks=False)),
    _row(ANTHROPIC, r"claude-(?:[a-z]+-)?4[-.][78](?!\d)", _adaptive(_ALL_EFFORTS, off=True, thinks=False)),
    # These cannot be kept from thinking: disabled is a 400.
    _row(
        ANTHROPIC,
        r"claude-(?:fable|mythos|(?:opus|sonnet)-5[-.][5-9])",
        _adaptive(_ALL_EFFORTS, off=False, thinks=True),
    ),
    _row(ANTHROPIC, CLAUDE_47_ON, _adaptive(_ALL_EFFORTS, off=True, thinks=True)),
    # A gateway's names: thinking is part of the model (4, 6).
    _row(ANTHROPIC, r"claude-[^/]*-thinking", _budget(True)),
    _row(ANTHROPIC, r"claude-(?:3[-.]7|[a-z]+-4|4)", _budget(False)),
    # A new name in Claude's line. unverified
    _row(ANTHROPIC, "claude", _adaptive("low medium high max", off=True, thinks=None)),
    _row(CHAT, "claude", _budget(False), at=("api.anthropic.com",)),
    # What new-api turns into a budget of 1280, 2048 and 4096 tokens, or of the number given (6).
    _row(
        CHAT,
        "claude",
        Control(_say(_EFFORT, "low medium high"), budget=_at("reasoning.max_tokens", NUMBER), free=True, least=1024),
    ),
)

_THINKING = "generationConfig.thinkingConfig"
_EXTRA = "extra_body.google.thinking_config"
_THOUGHTS, _CHAT_THOUGHTS = _at(f"{_THINKING}.includeThoughts", True), _at(f"{_EXTRA}.include_thoughts", True)
_GEMINI_TOKENS: Mapping[EffortLevel, int] = {"low": 1024, "medium": 8192, "high": 24576}


def _gemini(model: str, words: str, thinks: bool | None = True) -> tuple[Row, Row]:
    """Gemini 3 and later: a level. Chat takes Google's own field, which alone can ask for the thoughts (6)."""
    levels: dict[EffortLevel, Fragment] = {}
    chat: dict[EffortLevel, Fragment] = {}
    for word in words.split():
        level = _level(word)
        levels[level] = _at(f"{_THINKING}.thinkingLevel", word.upper())
        chat[level] = _at(f"{_EXTRA}.thinking_level", word)
    return (
        _row(GEMINI, model, Control(levels, shown=_THOUGHTS, thinks=thinks)),
        _row(CHAT, model, Control(chat, shown=_CHAT_THOUGHTS, thinks=thinks)),
    )


def _gemini_budget(model: str, *, off: bool, least: int, thinks: bool | None) -> tuple[Row, Row]:
    """Gemini 2.5: a number of tokens, 0 for off where the model can be kept from thinking."""
    native, chat = f"{_THINKING}.thinkingBudget", f"{_EXTRA}.thinking_budget"
    made = []
    for wire, path, shown in ((GEMINI, native, _THOUGHTS), (CHAT, chat, _CHAT_THOUGHTS)):
        words: dict[EffortLevel, Fragment] = {"off": _at(path, 0)} if off else {}
        control = Control(words, _GEMINI_TOKENS, _at(path, NUMBER), True, least, shown=shown, thinks=thinks)
        made.append(_row(wire, model, control))
    return made[0], made[1]


_GOOGLE: tuple[Row, ...] = (
    _row(f"{GEMINI} {CHAT}", r"gemini-(?:1|2\.0|pro-vision)|gemma|gemini-[^/]*-nothinking", _NEVER),
    *_gemini_budget(r"gemini-2\.5-pro", off=False, least=128, thinks=True),
    *_gemini_budget(r"gemini-2\.5-flash-lite", off=True, least=512, thinks=False),
    *_gemini_budget(r"gemini-2\.5", off=True, least=1, thinks=True),
    *_gemini(r"gemini-3-pro", "low high"),
    *_gemini(r"gemini-3(?:\.\d+)?-pro", "low medium high"),
    *_gemini(r"gemini", "minimal low medium high"),
)

_QWEN_ON = {"enable_thinking": True, "thinking_budget": NUMBER}
_QWEN_TOKENS: Mapping[EffortLevel, int] = {"low": 2048, "medium": 8192, "high": 16384}
_OFF: Mapping[EffortLevel, Fragment] = {"off": _DISABLED}


def _switched(words: str) -> dict[EffortLevel, Fragment]:
    """A switch and an effort beside it."""
    return {**_OFF, **{level: {**_ENABLED, **effort} for level, effort in _say(_EFFORT, words).items()}}


_OTHERS: tuple[Row, ...] = (
    _row(OPENAI, r"deepseek-(?:r1|reasoner)", _ALWAYS),
    _row(CHAT, r"deepseek-(?:v[4-9]|flash|pro)", Control(_switched("low high max"), thinks=True)),
    _row(CHAT, r"deepseek-(?:chat|v3[.p][1-9])", Control(_switched("low high max"), thinks=False)),
    _row(RESPONSES, r"deepseek", Control(_say(_REASONING, "none low high max"), thinks=True)),
    _row(
        ANTHROPIC,
        r"deepseek",
        Control(
            {**_OFF, **{k: {**_ENABLED, **v} for k, v in _say("output_config.effort", "low high max").items()}},
            thinks=True,
        ),
    ),
    _row(CHAT, "deepseek", _NEVER),
    _row(CHAT, r"kimi-k[3-9]", _chat("low high max", True)),
    _row(CHAT, r"kimi-(?:k2\.[56]|latest)", Control(_OFF, thinks=True)),
    _row(CHAT, r"kimi-(?:k2\.|[^/]*thinking)", _ALWAYS),
    _row(CHAT, r"kimi|moonshot", _NEVER),
    _row(CHAT, r"glm-(?:5\.[2-9]|[6-9])", Control(_switched("low high max"), thinks=True)),
    _row(CHAT, r"glm-(?:4\.[5-9]|5)", Control(_OFF, thinks=True)),
    # unverified: which of the line take an effort.
    _row(CHAT, r"doubao|seed-", Control({**_OFF, **_say(_EFFORT, "minimal low medium high")}, thinks=None)),
    _row(CHAT, r"qwen-?[12](?!\d)|qwen[^/]*-instruct|qwen3-coder", _NEVER),
    _row(CHAT, r"qwen[^/]*-thinking|qwq", Control({}, _QWEN_TOKENS, _QWEN_ON, True, thinks=True)),
    _row(CHAT, "qwen", Control({"off": {"enable_thinking": False}}, _QWEN_TOKENS, _QWEN_ON, True)),
    _row(RESPONSES, "qwen", _responses("none minimal low medium high", None)),
    _row(OPENAI, r"grok[^/]*non-reasoning", _NEVER),
    *_both(r"grok-(?:4\.[3-9](?!\d)|[5-9]|latest)", "none low medium high", True),
    *_both("grok-3-mini", "low high", True),
    _row(OPENAI, r"grok-(?:4|code)", _ALWAYS),
    _row(OPENAI, "grok", _NEVER),
    _row(CHAT, "magistral", _ALWAYS),
    _row(CHAT, r"mistral-(?:small-(?:latest|2[6-9])|medium-(?:3[-.]5|latest))", _chat("none high", False)),
    _row(CHAT, r"mi[sx]tral|ministral|codestral|devstral|pixtral|llama", _NEVER),
    _row(CHAT, r"sonar-(?:reasoning|deep)", _chat("low medium high", True)),
)

_ROUTED = Control(
    _say("reasoning.effort", "none minimal low medium high xhigh"),
    budget=_at("reasoning.max_tokens", NUMBER),
    free=True,
    least=1024,
    hidden=_at("reasoning.exclude", True),
)
# Places with their own word for it, whatever the model.
_PLACES: tuple[Row, ...] = (
    _row(CHAT, "", _ROUTED, at=("openrouter", "openrouter.ai", "ai-gateway.vercel.sh")),
    _row(
        CHAT,
        "gpt-oss",
        Control(_say(_EFFORT, "low medium high"), hidden={"include_reasoning": False}, thinks=True),
        at=_GROQ,
    ),
    _row(CHAT, "qwen3", _chat("none", True), at=_GROQ),
    _row(CHAT, "", _FIXED, at=_GROQ),
    _row(CHAT, "glm", _chat("none", True), at=("api.cerebras.ai",)),
    # The template of the model reads it there.
    _row(
        CHAT,
        "qwen3|glm",
        Control({"off": _at("chat_template_kwargs.enable_thinking", False)}),
        at=("vllm", "llamacpp"),
    ),
)


def _demo(model: str, thinks: bool) -> tuple[Row, ...]:
    """The demo model takes every format's plainest shape."""
    return (
        *_both(model, "none low medium high", thinks),
        _row(ANTHROPIC, model, _budget(thinks)),
        _gemini_budget(model, off=True, least=1, thinks=thinks)[0],
    )


_UNKNOWN: tuple[Row, ...] = (
    *_both("", _STANDARD, None),
    _row(ANTHROPIC, "", _budget(None)),
    _gemini("", "minimal low medium high", None)[0],
)

ROWS: tuple[Row, ...] = (
    *_demo("demo-thinking", True),
    *_demo("demo-", False),
    *_PLACES,
    *_CLAUDE,
    *_GOOGLE,
    *_OTHERS,
    *_OPENAI,
    *_UNKNOWN,
)

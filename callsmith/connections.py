"""Ways to a provider that Callsmith knows, and how ``{{NAME}}`` in a header gets its value.

A connection never holds a key: it names where the key comes from. One gateway key serves one group of
models, so several connections to one base URL are normal and nothing here treats them as duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from callsmith.types.connection import KEY_PLACEHOLDER, Connection, KeyRef, WireName

REFERENCE = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}")
_KEY_NAME = KEY_PLACEHOLDER.strip("{}")
# The ends of the addresses that are asked; "models/gemini-x:generateContent" is one of them.
_ENDPOINT = re.compile(r"/(chat/completions|completions|responses|messages|models|models/[^/]+:[A-Za-z]+)/?$")
_LOCAL_HOSTS = frozenset(("localhost", "127.0.0.1", "::1", "host.docker.internal"))

ALL_WIRES: tuple[WireName, ...] = ("openai-chat", "openai-responses", "anthropic", "gemini")
_OPENAI: tuple[WireName, ...] = ("openai-chat", "openai-responses")
_LOCAL: tuple[WireName, ...] = (*_OPENAI, "anthropic")

# No network knows the top-level name "invalid" (RFC 2606); the transport mounts the demo model there.
DEMO = Connection(
    id="demo",
    name="Demo (scripted, not an LLM)",
    base_url="http://demo.callsmith.invalid/v1",
    wires=ALL_WIRES,
    preset="demo",
)
ENVIRONMENT_ID = "environment"
# Shown and used like any other connection, but they are not the user's to change or delete.
BUILT_IN_IDS = frozenset((DEMO.id, ENVIRONMENT_ID))


@dataclass(frozen=True, slots=True)
class Preset:
    """A starting point for a new connection. ``key_names``: variables to look for, first one preferred;
    empty where the server usually wants no key."""

    id: str
    label: str
    base_url: str
    key_names: tuple[str, ...] = ()
    wires: tuple[WireName, ...] = ("openai-chat",)
    note: str = ""


# Base URLs as the providers' own documentation gives them; ports are each server's default. A vendor whose formats
# live under different base URLs (Google, Anthropic, DeepSeek) takes one connection for each.
PRESETS: tuple[Preset, ...] = (
    Preset(
        "wenwen",
        "wenwen",
        "https://api.wenwen-ai.com/v1",
        ("CALLSMITH_API_KEY", "WENWEN_API_KEY"),
        ALL_WIRES,
        note="A key belongs to a group of models; for models of another group add a second connection with its key.",
    ),
    Preset("openai", "OpenAI", "https://api.openai.com/v1", ("OPENAI_API_KEY",), _OPENAI),
    Preset("anthropic", "Anthropic", "https://api.anthropic.com", ("ANTHROPIC_API_KEY",), ("anthropic",)),
    Preset(
        "gemini",
        "Google Gemini",
        "https://generativelanguage.googleapis.com",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        ("gemini",),
    ),
    Preset(
        "azure",
        "Azure OpenAI",
        "https://YOUR-RESOURCE.openai.azure.com/openai/v1",
        ("AZURE_OPENAI_API_KEY",),
        _OPENAI,
        note="Put your resource's name into the base URL; the model is the name of your deployment.",
    ),
    Preset(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        ("DEEPSEEK_API_KEY",),
        note="DeepSeek's base URL carries no version. For Messages add a connection to "
        "https://api.deepseek.com/anthropic.",
    ),
    Preset("groq", "Groq", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",), _OPENAI),
    Preset("mistral", "Mistral", "https://api.mistral.ai/v1", ("MISTRAL_API_KEY",)),
    Preset("xai", "xAI", "https://api.x.ai/v1", ("XAI_API_KEY",), _OPENAI),
    Preset("moonshot", "Moonshot (Kimi)", "https://api.moonshot.ai/v1", ("MOONSHOT_API_KEY",), _OPENAI),
    Preset("zai", "Z.ai (GLM)", "https://api.z.ai/api/paas/v4", ("ZAI_API_KEY",)),
    Preset(
        "dashscope",
        "Alibaba (Qwen)",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        ("DASHSCOPE_API_KEY",),
        note="The address of the international region; a key belongs to one region.",
    ),
    Preset("together", "Together", "https://api.together.xyz/v1", ("TOGETHER_API_KEY",)),
    Preset(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        ("OPENROUTER_API_KEY",),
        _LOCAL,
        note="Not every model there can call tools; its list says which in its own fields.",
    ),
    Preset(
        "gemini-chat",
        "Google Gemini, compatible endpoint",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        note="Gemini models in the Chat format.",
    ),
    Preset(
        "anthropic-chat",
        "Anthropic, compatible endpoint",
        "https://api.anthropic.com/v1",
        ("ANTHROPIC_API_KEY",),
        note="Claude models in the Chat format, for comparison: no strict tools, no response schema, no thoughts.",
    ),
    Preset("ollama", "Ollama (local)", "http://localhost:11434/v1", wires=_LOCAL, note="Start it with ollama serve."),
    Preset(
        "llamacpp",
        "llama.cpp (local)",
        "http://localhost:8080/v1",
        wires=_LOCAL,
        note="Start llama-server with --jinja for tools.",
    ),
    Preset(
        "vllm",
        "vLLM (local)",
        "http://localhost:8000/v1",
        wires=_LOCAL,
        note="Start it with --enable-auto-tool-choice and a --tool-call-parser for tools.",
    ),
    Preset(
        "lmstudio",
        "LM Studio (local)",
        "http://localhost:1234/v1",
        wires=_LOCAL,
        note="Start the server in its Developer tab.",
    ),
    Preset("other", "Another provider", "", ("CALLSMITH_API_KEY",), note="Any server that speaks one of the formats."),
)


class MissingSecret(LookupError):
    """A header, or the authorization of an MCP server, needs a variable that is not set. The text names it and says
    what to do."""

    def __init__(self, name: str, header: str = "") -> None:
        where = f'The header "{header}"' if header else "This request"
        super().__init__(f"{where} needs {name}, which is not set in the environment, .env or secrets.toml")
        self.name = name


def resolve_headers(connection: Connection, secret: Callable[[str], str | None]) -> dict[str, str]:
    """The connection's extra headers with ``{{NAME}}`` filled in; ``{{api_key}}`` is left to the transport.

    Raises ``MissingSecret`` for a name that ``secret`` does not know.
    """
    return {name: fill(value, secret, header=name) for name, value in connection.headers.items()}


def fill(value: str, secret: Callable[[str], str | None], *, header: str = "") -> str:
    """``value`` with each ``{{NAME}}`` replaced. Raises ``MissingSecret``."""

    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        if name == _KEY_NAME:
            return found.group(0)
        known = secret(name)
        if not known:
            raise MissingSecret(name, header)
        return known

    return REFERENCE.sub(put, value)


def base_url_error(url: str) -> str:
    """Why a base URL cannot be used, as one sentence; empty where it can. Never repeats a password."""
    if not url:
        return "The base URL is missing, for example https://api.openai.com/v1"
    if re.search(r"[\s<>\"{}|\\^`]", url):
        return "The base URL contains white space or a character that no URL may hold"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "The base URL cannot be read; it looks like https://host/v1 or http://localhost:8000/v1"
    if parts.scheme not in ("http", "https"):
        return "The base URL starts with http:// or https://"
    if parts.username is not None or parts.password is not None:
        return "The base URL must not hold a user name or password; choose where the key comes from instead"
    if not host:
        return "The base URL names no host"
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        return "The base URL must not have a ? or # part; extra headers and the extra body carry such settings"
    if found := _ENDPOINT.search(parts.path):
        return f"The base URL ends before /{found.group(1)}; Callsmith adds that part itself"
    return ""


def clean_base_url(url: str) -> str:
    return url.strip().rstrip("/")


def lacks_version(url: str) -> bool:
    """A base URL whose path ends in no version such as ``/v1``, unless a preset knows it to be right. A bare host
    lacks nothing: every format puts its version in."""
    path = urlsplit(url).path
    if not path.strip("/") or any(url == preset.base_url for preset in PRESETS):
        return False
    return not re.search(r"/v\d+[a-z0-9.]*(/openai)?$", path)


def is_local(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOCAL_HOSTS


def preset(preset_id: str) -> Preset | None:
    return next((item for item in PRESETS if item.id == preset_id), None)


def environment_connection(*, base_url: str, name: str, has_key: bool) -> tuple[Connection | None, tuple[str, ...]]:
    """The default connection that ``CALLSMITH_*`` describes, and what is wrong with them in sentences. A base URL of a
    server that no preset knows may speak any format.

    A key without a base URL makes no connection: a key is never sent to a host nobody named.
    """
    if not base_url:
        note = "CALLSMITH_API_KEY is set but CALLSMITH_BASE_URL is not, so there is no default connection"
        return None, (note,) if has_key else ()
    url = clean_base_url(base_url)
    if error := base_url_error(url):
        return None, (f"CALLSMITH_BASE_URL is not used: {error[0].lower()}{error[1:]}",)
    known = next((item for item in PRESETS if item.base_url == url), None)
    key = KeyRef() if is_local(url) and not has_key else KeyRef("environment", "CALLSMITH_API_KEY")
    label = name or (known.label if known else urlsplit(url).netloc)
    wires = known.wires if known else ALL_WIRES
    return Connection(ENVIRONMENT_ID, label, url, wires, key, preset=known.id if known else ""), ()

"""Asking a provider for its models: for the model picker, and to test a connection.

Problems come back as values; a key that the provider echoes is taken out before anything else reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from callsmith.advice import Advice, Context, advise
from callsmith.connections import MissingSecret, resolve_headers
from callsmith.models import ModelList, read_models
from callsmith.redaction import Redactor
from callsmith.transport import Broken
from callsmith.types.connection import KEY_PLACEHOLDER, Connection, KeyRef
from callsmith.types.exchange import Headers
from callsmith.types.problem import Problem
from callsmith.wire import anthropic, gemini, openai_chat, openai_responses
from callsmith.wire.anthropic import VERSION
from callsmith.wire.gemini import GOOGLE

ANTHROPIC_HOST = "api.anthropic.com"
Secret = Callable[[str], str | None]


class Get(Protocol):
    """``Transport.get``: status, headers and body of a small GET. Raises ``Broken``."""

    def __call__(self, url: str, headers: Headers, /) -> tuple[int, Headers, bytes]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """``line`` says in one sentence how the connection stands. ``advice`` is there unless all is well."""

    ok: bool
    line: str
    models: ModelList = ModelList()
    advice: Advice | None = None
    problem: Problem | None = None


def list_models(get: Get, connection: Connection, key: str | None, secret: Secret) -> ModelList | Problem:
    """The answer to the GET of ``list_request``, read. Never raises for what a network does."""
    if connection.key.source != "none" and not key:
        return Problem("request", "No key", code="no_key")
    try:
        extra = resolve_headers(connection, secret)
    except MissingSecret as error:
        return Problem("request", str(error), code="missing_variable", param=error.name)
    url, headers = list_request(connection)
    named = {name.lower() for name in extra}
    headers = (*(pair for pair in headers if pair[0].lower() not in named), *extra.items())
    filled = tuple((name, value.replace(KEY_PLACEHOLDER, key or "")) for name, value in headers)
    redactor = Redactor([*([key] if key else []), *(extra[name] for name in extra if "{{" in connection.headers[name])])
    try:
        status, _, body = get(url, filled)
    except Broken as error:
        return replace(error.problem, message=redactor.text(error.problem.message))
    return read_models(status, redactor.clean(body))


def list_request(connection: Connection) -> tuple[str, Headers]:
    """Where a provider lists its models, and the headers that go along but for the connection's own.

    Anthropic and Google list theirs in pages and want their own key headers; a gateway, which would answer in another
    shape or not at all to those (wire-format notes, 1.3), is asked as OpenAI is.
    """
    base = connection.base_url.rstrip("/")
    host = urlsplit(base).hostname
    accept = ("Accept", "application/json")
    headers: Headers
    if host == ANTHROPIC_HOST:
        headers = (accept, ("anthropic-version", VERSION), ("x-api-key", KEY_PLACEHOLDER))
        return anthropic.address(base).removesuffix("messages") + "models?limit=1000", _keyed(connection, headers)
    if host == GOOGLE and not base.endswith("/openai"):
        headers = (accept, ("x-goog-api-key", KEY_PLACEHOLDER))
        return gemini.address(base, "", stream=False).partition("/models/")[0] + "/models?pageSize=1000", _keyed(
            connection, headers
        )
    bearer = (accept, ("Authorization", f"Bearer {KEY_PLACEHOLDER}"))
    return _like_openai(connection, base), _keyed(connection, bearer)


def _like_openai(connection: Connection, base: str) -> str:
    """Beside the endpoint of the first format, with the version it puts in where a base URL leaves it out."""
    if "openai-chat" in connection.wires:
        return openai_chat.address(base).removesuffix("chat/completions") + "models"
    if "openai-responses" in connection.wires:
        return openai_responses.address(base).removesuffix("responses") + "models"
    if "anthropic" in connection.wires:
        return anthropic.address(base).removesuffix("messages") + "models"
    return gemini.address(base, "", stream=False).partition("/models/")[0] + "/models"


def _keyed(connection: Connection, headers: Headers) -> Headers:
    return (
        headers
        if connection.key.source != "none"
        else tuple(pair for pair in headers if KEY_PLACEHOLDER not in pair[1])
    )


def judge(get: Get, connection: Connection, key: str | None, secret: Secret, model: str = "") -> Verdict:
    """Whether the connection works, and if not, what exactly is wrong. ``model``: the one meant to be used."""
    found = list_models(get, connection, key, secret)
    context = Context(connection)
    if isinstance(found, Problem):
        advice = advise(found, context)
        return Verdict(False, f"{advice.title}.", advice=advice, problem=found)
    count = len(found.models)
    if not count:
        return Verdict(False, "It answers, but it lists no models.", found, _no_models(connection))
    listed = "1 model" if count == 1 else f"{count:,} models"
    if model and all(item.id != model for item in found.models):
        line = f"It works and lists {listed}, but {model} is not among them."
        return Verdict(False, line, found, _not_listed(connection, model))
    if connection.key.source != "none" and _is_public(get, connection, secret):
        return Verdict(
            True, f"It answers: {listed}. It lists them without a key too, so the key was not checked.", found
        )
    return Verdict(True, f"It works: {listed}.", found)


def _is_public(get: Get, connection: Connection, secret: Secret) -> bool:
    """Some providers (OpenRouter is one) list their models to everyone; that says nothing about a key."""
    if any(KEY_PLACEHOLDER in value for value in connection.headers.values()):
        return False
    without = list_models(get, replace(connection, key=KeyRef()), None, secret)
    return isinstance(without, ModelList) and bool(without.models)


def _no_models(connection: Connection) -> Advice:
    if connection.key.source == "none":
        return Advice(
            "No models there",
            "The server runs, but no model is loaded.",
            ("Load or download a model in the server, then test again.",),
            ("connections",),
        )
    return Advice(
        "No models for this key",
        "The key was accepted, but its group has no models, or the key is limited to none.",
        ("Check the key's group and its allowed models on the provider's page.",),
        ("connections",),
    )


def _not_listed(connection: Connection, model: str) -> Advice:
    if connection.key.source == "none":
        step = f"Load {model} in the server, or choose one of the listed models."
        return Advice(f"{model} is not there", "The server does not have that model.", (step,), ("model",))
    return Advice(
        f"{model} is not in this key's list",
        "The id may be mistyped, or the key belongs to another group: a gateway's key serves one group of models.",
        (
            "Choose one of the listed models.",
            f"Or use a key of the group that has {model}: add a second connection with the same base URL.",
        ),
        ("model", "connections"),
    )

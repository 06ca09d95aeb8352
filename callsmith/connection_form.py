"""A connection as it is typed: what is wrong with it, and the connection it makes.

The form is text throughout, so whatever was typed survives a refusal. It never holds a key: a secret in
any field is refused, and headers take theirs from ``{{NAME}}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.connections import REFERENCE, Preset, base_url_error, clean_base_url, is_local, lacks_version
from callsmith.types.connection import Connection, KeyRef, WireName

Field = Literal["name", "base_url", "wires", "key_name", "headers", "extra_body"]
KeySource = Literal["environment", "session", "none"]

# RFC 9110, 5.6.2: the characters of a header name.
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OWN_HEADERS = frozenset(
    ("host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding")
)
_SECRET_HEADER = re.compile(
    r"auth(?!ors?($|[-_]))|cookie|secret|passw|credential|token(?!s)|(^|[-_])(api)?key$", re.IGNORECASE
)
_SCHEME = re.compile(r"(Bearer|Basic|Token|Key|ApiKey)?\s*", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Shapes of keys that providers hand out, and of JSON web tokens.
_KEY_SHAPES = re.compile(
    r"\b(sk|pk|rk|gsk|xai|hf|pplx|nvapi|r8|ghp)[-_][A-Za-z0-9_-]{16,}|\bAIza[\w-]{30,}|\beyJ[\w-]{20,}\."
)
# Some keys are bare hexadecimal; so are account ids in base URLs, so this tells a key only in a variable's name.
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_RESERVED_BODY = frozenset(("model", "messages", "tools", "stream"))


@dataclass(frozen=True, slots=True)
class Form:
    """``wires``: the formats the server speaks. ``headers``: one ``Name: value`` a line. ``extra_body``: a JSON
    object, or nothing."""

    name: str = ""
    base_url: str = ""
    key_source: KeySource = "environment"
    key_name: str = ""
    headers: str = ""
    extra_body: str = ""
    preset: str = ""
    wires: tuple[WireName, ...] = ("openai-chat",)


@dataclass(frozen=True, slots=True)
class Finding:
    """``hint`` True does not stand in the way of saving."""

    field: Field
    message: str
    hint: bool = False


def from_preset(preset: Preset, known: Collection[str]) -> Form:
    """``known``: which of the preset's key variables are set; the first of those is chosen."""
    name = next((item for item in preset.key_names if item in known), next(iter(preset.key_names), ""))
    return Form(
        name=preset.label if preset.base_url else "",
        base_url=preset.base_url,
        key_source="environment" if name else "none",
        key_name=name,
        preset=preset.id,
        wires=preset.wires,
    )


def from_connection(connection: Connection) -> Form:
    return Form(
        name=connection.name,
        base_url=connection.base_url,
        key_source=connection.key.source,
        key_name=connection.key.name,
        headers="\n".join(f"{name}: {value}" for name, value in connection.headers.items()),
        extra_body=json.dumps(dict(connection.extra_body), indent=2, ensure_ascii=False)
        if connection.extra_body
        else "",
        preset=connection.preset,
        wires=connection.wires,
    )


def check(form: Form, other_names: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything wrong at once, field by field. No message repeats what may be a secret."""
    return (
        *_check_name(form, other_names),
        *_check_base_url(form),
        *_check_wires(form),
        *_check_key(form),
        *(Finding("headers", problem) for problem in check_headers(form.headers)),
        *_check_extra_body(form.extra_body),
    )


def build(form: Form, connection_id: str) -> Connection:
    """The connection of a form without errors. ValueError where it has some."""
    errors = [finding.message for finding in check(form) if not finding.hint]
    if errors:
        raise ValueError("; ".join(errors))
    return Connection(
        id=connection_id,
        name=form.name.strip(),
        base_url=clean_base_url(form.base_url),
        wires=form.wires,
        key=KeyRef(form.key_source, form.key_name.strip() if form.key_source == "environment" else ""),
        headers=dict(header_pairs(form.headers)),
        extra_body=json.loads(form.extra_body) if form.extra_body.strip() else {},
        preset=form.preset,
    )


def _check_name(form: Form, other_names: Collection[str]) -> Iterator[Finding]:
    name = form.name.strip()
    if not name:
        yield Finding("name", "The name is missing: it tells connections apart")
    elif holds_key(name):
        yield Finding("name", "The name looks like a key; names are stored and shown")
    elif name.casefold() in {other.strip().casefold() for other in other_names}:
        yield Finding("name", "Another connection has this name already")


def _check_base_url(form: Form) -> Iterator[Finding]:
    url = clean_base_url(form.base_url)
    if error := base_url_error(url):
        yield Finding("base_url", error)
    elif holds_key(url):
        yield Finding("base_url", "The base URL seems to hold a key; choose below where the key comes from")
    elif lacks_version(url) and "openai-chat" in form.wires:
        yield Finding("base_url", "Most base URLs end in a version: does /v1 belong at its end?", hint=True)
    elif url.startswith("http://") and not is_local(url) and form.key_source != "none":
        yield Finding("base_url", "With http:// the key travels unencrypted; use https:// if it can", hint=True)


def _check_wires(form: Form) -> Iterator[Finding]:
    if not form.wires:
        yield Finding("wires", "Choose at least one format that this server speaks")


def _check_key(form: Form) -> Iterator[Finding]:
    if form.key_source != "environment":
        return
    name = form.key_name.strip()
    if not name:
        yield Finding("key_name", "Name the variable that holds the key, for example OPENAI_API_KEY")
    elif holds_key(name) or _HEX.fullmatch(name):
        yield Finding("key_name", "This looks like the key itself. Give the variable's name, or choose a typed key")
    elif not _VARIABLE.fullmatch(name):
        yield Finding("key_name", "A variable's name has letters, digits and underscores, and no digit first")


def check_headers(text: str) -> list[str]:
    """What is wrong with lines of ``Name: value``, a sentence for each; a value's secrets are never repeated."""
    seen: set[str] = set()
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        problem = _header_problem(name, colon, value) or ("is there twice" if name.lower() in seen else "")
        seen.add(name.lower())
        if problem:
            shown = f' ("{name}")' if colon and _HEADER_NAME.fullmatch(name) and not holds_key(name) else ""
            problems.append(f"Line {number}{shown} {problem}")
    return problems


def _header_problem(name: str, colon: str, value: str) -> str:
    if not colon:
        return "has no colon; write one header a line, as Name: value"
    if not _HEADER_NAME.fullmatch(name):
        return "has a name that is not legal; header names have letters, digits and hyphens"
    if name.lower() in _OWN_HEADERS:
        return "is set by Callsmith itself"
    if not value.isascii() or not value.isprintable():
        return "has a character that a header cannot carry"
    without = REFERENCE.sub("", value)
    if "{{" in without or "}}" in without:
        return "has braces that are not closed or hold no name; a variable is written {{NAME}}"
    if _SECRET_HEADER.search(name) and not _SCHEME.fullmatch(without):
        return "looks like a secret; write {{NAME}} and set that variable in the environment, .env or secrets.toml"
    if holds_key(without):
        return "seems to hold a key; write {{NAME}} in its place"
    return ""


def _check_extra_body(text: str) -> Iterator[Finding]:
    if not text.strip():
        return
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        yield Finding("extra_body", f"Not JSON: {error.msg}, line {error.lineno}, column {error.colno}")
        return
    except (ValueError, RecursionError) as error:
        yield Finding("extra_body", f"Not JSON: {error}")
        return
    if not isinstance(value, dict):
        yield Finding("extra_body", 'The extra body is a JSON object, for example {"reasoning_effort": "low"}')
    elif holds_key(text):
        yield Finding("extra_body", "The extra body seems to hold a key; it is stored, so it must not")
    elif replaced := sorted(_RESERVED_BODY & value.keys()):
        words = ", ".join(replaced)
        yield Finding("extra_body", f"This replaces what Callsmith sends as {words}, in every request", hint=True)


def header_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values of lines that ``check_headers`` finds in order."""
    for line in text.splitlines():
        if line.strip():
            name, _, value = line.partition(":")
            yield name.strip(), value.strip()


def holds_key(text: str) -> bool:
    """Whether a text holds something of the shape of a provider's key."""
    return bool(_KEY_SHAPES.search(text))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")

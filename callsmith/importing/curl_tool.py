"""The tool that a curl command makes: query and body become parameters, its secrets ``{{NAME}}``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from callsmith.importing import sample
from callsmith.importing.curl import Command, parse
from callsmith.importing.secrets import (
    holds_secret,
    known_key,
    looks_secret,
    placeholder,
    secret_as_name,
    secret_name,
)
from callsmith.importing.types import Candidate, Imported, ImportProblem, shown
from callsmith.schema import text as json_text
from callsmith.schema.changes import Change
from callsmith.schema.text import TextError
from callsmith.schema.walk import escape
from callsmith.types.tool import HttpArgument, HttpCall, Origin, Tool

_ILLEGAL = re.compile(r"[^A-Za-z0-9-]+")
_FORM = "application/x-www-form-urlencoded"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w{0,63})\}|([A-Za-z_]\w{0,63}))")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Slack, Discord and others: whoever has the end of such an address may write there.
_WEBHOOK = re.compile(r"hooks?\.[^/]+|(?:[^/]*/)*(?:web)?hooks?(?:b2)?/.*", re.IGNORECASE)
_LEAST_WEBHOOK = 8
_KEPT = re.compile(r"(?:[A-Za-z][\w-]{0,20} )?\{\{\w+\}\}")
_SCHEME = re.compile(r"([A-Za-z]{3,15}(?:-[A-Za-z]{2,15}){0,2}|AWS4-HMAC-SHA256) +(\S.*)", re.DOTALL)
# What a browser or curl adds by itself.
_NOISE = re.compile(
    r"host|content-length|connection|accept-encoding|user-agent|origin|referer|priority|dnt|te|pragma|cache-control|"
    r"accept-language|upgrade-insecure-requests|sec-.*|:.*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Draft:
    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    arguments: list[HttpArgument] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def add(self, name: str, place: Any, schema: dict[str, Any], *, needed: bool = True, whole: bool = False) -> None:
        free, number = name or "value", 2
        if free in self.properties:
            free = f"{place}_{free}"
        while free in self.properties:
            free, number = f"{place}_{name}_{number}", number + 1
        if free != name and not whole:
            at = f"/parameters/properties/{escape(free)}"
            self.changes.append(Change(at, f'"{shown(name)}" of the {place} is called "{shown(free)}" here'))
        self.properties[free] = schema
        self.arguments.append(HttpArgument(free, place, "" if whole else name))
        if needed:
            self.required.append(free)

    def hide(self, what: str, name: str) -> str:
        secret = name if name.startswith("{{") else placeholder(name)
        self.changes.append(Change("", f"{what} is a secret: {secret} stands in its place, its value was not kept"))
        return secret

    def leave_out(self, what: str) -> None:
        self.changes.append(Change("/parameters/properties", f"{what} looks like a secret: left out"))


def read(text: str, filename: str = "") -> Imported:
    command = parse(text)
    tool, problems = candidate(command, filename)
    if command.more:
        problems.append("Only the first request was read")
    return Imported("curl", f"curl command · {shown(tool.title)}", (tool,), tuple(problems))


def candidate(command: Command, filename: str) -> tuple[Candidate, list[str]]:
    """The tool, and what could not be read."""
    problems = [f"The file {shown(name)} was not read: its content is an argument" for name in command.files if name]
    draft = _Draft()
    url, query = _url(draft, command)
    if command.as_query:
        query += command.data
    fixed = _query(draft, [*query, *command.query])
    headers, content_type = _headers(draft, command)
    if not command.as_query:
        content_type = _body(draft, command, content_type)
    method = command.method or _method(command)
    address = url + (f"?{'&'.join(fixed)}" if fixed else "")
    schema: dict[str, Any] = {"type": "object", "properties": draft.properties}
    if draft.required:
        schema["required"] = draft.required
    http = HttpCall(method, address, tuple(draft.arguments), headers, content_type)
    title = f"{method} {url}"
    tool = Tool(_name(method, url), title, schema, origin=Origin("curl", source=filename, http=http))
    return Candidate(tool, title, tuple(draft.changes), id="curl"), problems


def _url(draft: _Draft, command: Command) -> tuple[str, list[str]]:
    """The address without query and secrets, and the pieces of the query."""
    given = command.url if _ABSOLUTE.match(command.url) else f"http://{command.url}"
    try:
        parts: SplitResult = urlsplit(given)
    except ValueError:
        raise ImportProblem("The address of this command cannot be read: check the brackets of its host") from None
    host = parts.netloc.rpartition("@")[2]
    if "@" in parts.netloc:
        command.headers.append(("Authorization", "Basic in-the-address"))
    if known_key(host):
        host = draft.hide("The host of the address", "HOST_SECRET")
    segments = []
    hook = _WEBHOOK.fullmatch(host) or _WEBHOOK.fullmatch(parts.path)
    steps = parts.path.split("/")
    for number, segment in enumerate(steps):
        referred = _VARIABLE.sub(_reference, segment)
        last = (
            hook is not None and number == len(steps) - 1 and len(segment) >= _LEAST_WEBHOOK and not segment.isdigit()
        )
        if looks_secret(segment) or (last and "{{" not in referred):
            referred = draft.hide("A part of the path", "PATH_SECRET")
        segments.append(referred if "{{" in referred else segment.replace("{", "%7B").replace("}", "%7D"))
    return f"{parts.scheme}://{_VARIABLE.sub(_reference, host)}{'/'.join(segments)}", [
        parts.query
    ] if parts.query else []


def _query(draft: _Draft, pieces: list[str]) -> list[str]:
    """Adds the parameters of the query; the pieces with a secret, which are not arguments."""
    fixed: list[str] = []
    fields: dict[str, list[str]] = {}
    for piece in pieces:
        for name, value in _pairs(piece):
            if secret_as_name(name):
                fixed.append(draft.hide("A name in the query", "QUERY_SECRET"))
            elif secret_name(name) or looks_secret(value) or _VARIABLE.fullmatch(value):
                found = _VARIABLE.fullmatch(value)
                secret = draft.hide(f'"{shown(name)}" of the query', _reference(found) if found else name)
                fixed.append(f"{quote(name)}={secret}")
            else:
                fields.setdefault(name, []).append(value)
    for name, values in fields.items():
        draft.add(name, "query", _guessed(values))
    return fixed


def _pairs(piece: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(piece, keep_blank_values=True, max_num_fields=1000)
    except ValueError as error:
        raise ImportProblem("More than 1,000 fields are more than a tool can have") from error


def _headers(draft: _Draft, command: Command) -> tuple[dict[str, str], str]:
    """The constant headers with placeholders for secrets, and the content type."""
    headers: dict[str, str] = {}
    content_type = "application/json" if command.json else ""
    for name, given in command.headers:
        if secret_as_name(name):
            draft.leave_out("The name of a header")
            continue
        value = _VARIABLE.sub(_reference, given)
        lower = name.lower()
        if lower == "content-type":
            content_type = value.partition(";")[0].strip() if looks_secret(value) else value
        elif _KEPT.fullmatch(value):
            headers[name] = value
        elif lower in ("authorization", "proxy-authorization"):
            headers[name] = _authorization(draft, name, value)
        elif secret_name(name) or (looks_secret(value) and not _NOISE.fullmatch(name)):
            headers[name] = draft.hide(f'The header "{shown(name)}"', name)
        elif not _NOISE.fullmatch(name):
            headers[name] = value
    return headers, content_type


def _authorization(draft: _Draft, name: str, value: str) -> str:
    scheme = _SCHEME.fullmatch(value)
    if scheme is None:
        return draft.hide(f'The header "{name}"', name)
    called = {"basic": "BASIC_CREDENTIALS", "bearer": "API_TOKEN"}.get(scheme[1].lower(), "AUTHORIZATION")
    secret = draft.hide(f'What follows {scheme[1]} in the header "{name}"', called)
    return f"{scheme[1]} {secret}"


def _body(draft: _Draft, command: Command, content_type: str) -> str:
    """Adds what is sent; the content type of the request, "" where nothing is sent."""
    if command.form:
        for name, value in command.form:
            if secret_as_name(name):
                draft.leave_out("The name of a field of the form")
                continue
            file = value.startswith(("@", "<"))
            draft.add(name, "body", {"type": "string", "format": "binary"} if file else _guessed([value], name))
        return content_type or "multipart/form-data"
    if command.files and not command.data:
        draft.add("body", "body", {"type": "string"}, whole=True)
        return content_type or ("application/octet-stream" if command.upload else _FORM)
    if not command.data:
        return content_type
    data = "".join(command.data) if command.json else "&".join(command.data)
    if "json" in content_type.lower() or (not content_type and data.lstrip()[:1] in ("{", "[")):
        _json_body(draft, data)
        return content_type or "application/json"
    pairs = _pairs(data) if content_type.lower() in ("", _FORM) else []
    if not pairs:
        draft.add("body", "body", {"type": "string"}, whole=True)
        return content_type or _FORM
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if secret_as_name(name):
            draft.leave_out("The name of a field of the body")
        else:
            fields.setdefault(name, []).append(value)
    for name, values in fields.items():
        draft.add(name, "body", _guessed(values, name))
    return content_type or _FORM


def _json_body(draft: _Draft, data: str) -> None:
    try:
        value = _without_secret_names(draft, json_text.read(data))
        schema = sample.schema_of([value])
    except (TextError, ValueError) as error:
        said = shown(str(error), 200)
        draft.changes.append(Change("/parameters/properties/body", f"The body is no JSON that can be read: {said}"))
        draft.add("body", "body", {"type": "string"}, whole=True)
        return
    if not isinstance(value, dict) or not value:
        draft.add("body", "body", schema, whole=True)
        return
    for name in value:
        field_schema = schema["properties"][name]
        draft.add(name, "body", {**field_schema, **_examples(name, [value[name]])})


def _without_secret_names(draft: _Draft, value: Any) -> Any:
    """The value without the fields of which the name is a secret. A schema keeps names, and no values."""
    if isinstance(value, list):
        return [_without_secret_names(draft, one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _without_secret_names(draft, one) for name, one in value.items() if not secret_as_name(name)}
    if len(kept) < len(value):
        draft.leave_out("The name of a field of the body")
    return kept


def _guessed(values: list[str], name: str = "") -> dict[str, Any]:
    """The schema of what stands in a query or form, where all is text."""
    typed = [json_text.read(one) if _NUMBER.fullmatch(one) or one in ("true", "false") else one for one in values]
    if any(isinstance(one, str) for one in typed):
        typed = list(values)
    schema = sample.schema_of(typed)
    return {"type": "array", "items": schema} if len(values) > 1 else {**schema, **_examples(name, typed)}


def _examples(name: str, values: list[Any]) -> dict[str, Any]:
    """The value of the command as an example, where it is short and no secret."""
    value = values[0]
    short = isinstance(value, int | float) or (isinstance(value, str) and 0 < len(value) <= 100)
    return {"examples": [value]} if short and not holds_secret(value, name) else {}


def _method(command: Command) -> str:
    if command.upload:
        return "PUT"
    sent = command.form or command.files or command.data
    return "POST" if sent and not command.as_query else "GET"


def _name(method: str, url: str) -> str:
    host, _, path = url.partition("://")[2].partition("/")
    words = [_ILLEGAL.sub("_", unquote(word)).strip("_") for word in path.split("/") if "{" not in word]
    named = [word for word in words if word] or [_ILLEGAL.sub("_", host)]
    return "_".join([_ILLEGAL.sub("_", method.lower()), *named])[:64].rstrip("_")


def _reference(match: re.Match[str]) -> str:
    return "{{" + (match[1] or match[2]) + "}}"

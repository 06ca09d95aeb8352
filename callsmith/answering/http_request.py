"""A tool's call as the HTTP request that answers it.

Secrets and arguments are told apart by where they come from: only the tool's own templates may name a secret
(``{{NAME}}``), and what stands in for a ``{name}`` or a ``{{NAME}}`` is never read as a template again. An argument
stays inside the part it was given: it cannot change the host, the path's steps, the query or the scheme.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from callsmith.answering import http_values as values
from callsmith.answering.http_values import BadArguments, BadSettings, Style
from callsmith.types.answering import Http
from callsmith.types.connection import KEY_PLACEHOLDER
from callsmith.types.exchange import HttpRequest
from callsmith.types.tool import HttpArgument, HttpCall, Tool

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
MAX_SECONDS = 600.0
MAX_BYTES = 20_000_000
_URL = re.compile(r"(https?)://([^/?#\\]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
# ``{{NAME}}`` is a secret, ``{name}`` an argument.
_TEMPLATE = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}|\{([^{}/?#]{1,100})\}")
_SECRET = re.compile(r"\{\{[A-Za-z_][A-Za-z0-9_]*\}\}")
# RFC 3986: what may stand in a step of a path as it is.
_IN_STEP = "!$&'()*+,;=:@"
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\\[\]:<>\"'{}|^`%]+)(:\d{1,5})?")
# RFC 9110, 5.6.2.
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# Who sets these decides which server reads what: they follow from the address and the body.
_OWN_HEADERS = frozenset(
    ("host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade", "te", "trailer")
    + ("expect", "keep-alive", "accept-encoding", "proxy-authorization", "proxy-connection")
)
_CONTENT_TYPE = re.compile(r"[!-~]+/[ -~]+")
_DEFAULTS = (("Accept", "application/json, text/*;q=0.9, */*;q=0.5"), ("User-Agent", "callsmith"))

Secret = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Built:
    """``place`` is the host as the template has it, so it names no secret. ``notes`` are for the person."""

    request: HttpRequest
    place: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Parts:
    """What the arguments add to the request, encoded for their places; the body's as they are."""

    path: dict[str, str] = field(default_factory=dict)
    query: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    body: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def of_tool(tool: Tool) -> Http | None:
    """The request that an imported tool was made from."""
    made_from = tool.origin.http if tool.origin is not None else None
    return None if made_from is None else Http(made_from)


def place_of(http: Http) -> str:
    """The host as the settings write it, which names no secret."""
    found = _URL.fullmatch(http.call.url.strip())
    return "" if found is None else found[2]


def styles_of(tool: Tool) -> Mapping[str, Style]:
    """How its lists and objects are written, where the document it was imported from says so."""
    styles = tool.origin.extra.get("styles") if tool.origin is not None else None
    if not isinstance(styles, Mapping):
        return {}
    return {name: style for name, style in styles.items() if isinstance(style, Mapping)}


def request(
    http: Http,
    arguments: Mapping[str, Any],
    *,
    styles: Mapping[str, Style] | None = None,
    secret: Secret | None = None,
) -> Built:
    """``secret`` gives the value of ``{{NAME}}``, which it gets as it is written; without it the references stay as
    they are. Raises ``BadArguments`` and ``BadSettings``."""
    if found := problems(http):
        raise BadSettings(next(iter(found.values())))
    call = http.call
    scheme, authority, path, query = _split(call.url)
    taken = {unquote(piece.partition("=")[0]) for piece in query.split("&") if piece}
    parts = _placed(call, arguments, styles or {}, taken)
    constant = [_expanded(piece, parts.path, secret, safe="") for piece in query.split("&") if piece]
    host = _expanded(authority, {}, secret, safe=None)
    if secret is not None and not _HOST.fullmatch(host):
        raise BadSettings(f"The host {authority} is none once its variables are filled in")
    steps = [_step(step, parts.path, secret) for step in path.split("/")]
    pieces = [*constant, *parts.query]
    url = f"{scheme.lower()}://{host}{'/'.join(steps)}" + (f"?{'&'.join(pieces)}" if pieces else "")
    content, content_type = _body(call, parts)
    headers = _headers(call, parts, secret)
    if content_type:
        headers.append(("Content-Type", content_type))
    return Built(HttpRequest(call.method.upper(), url, tuple(headers), content), authority, tuple(parts.notes))


def preview(http: Http, arguments: Mapping[str, Any], styles: Mapping[str, Style] | None = None) -> tuple[str, ...]:
    """The lines of the request, secrets as their names. Raises ``BadArguments`` and ``BadSettings``."""
    built = request(http, arguments, styles=styles)
    made = built.request
    lines = [f"{made.method} {made.url}", *(f"{name}: {value}" for name, value in made.headers)]
    return (*lines, "", *made.body.decode().split("\n")) if made.body else tuple(lines)


def problems(http: Http) -> dict[str, str]:
    """What is wrong with the settings, by field; empty where nothing is. No sentence repeats a header's value."""
    return dict(_problems(http))


def _problems(http: Http) -> Iterator[tuple[str, str]]:
    call = http.call
    if call.method.upper() not in METHODS:
        yield "method", f"The method is one of {', '.join(METHODS)}"
    if found := url_problem(call.url):
        yield "url", found
    else:
        names = {name for _, name in _TEMPLATE.findall(call.url) if name}
        given = {one.name for one in call.arguments if one.place == "path"}
        if missing := sorted(names - given):
            yield "url", f"The URL holds {{{missing[0]}}}, for which no argument is set; write a value in its place"
        if missing := sorted(given - names):
            yield "arguments", f"An argument goes into the path as {missing[0]}, but the URL holds no {{{missing[0]}}}"
    for name, value in call.headers.items():
        if found := _header_problem(name, value):
            yield "headers", found
    yield from (("arguments", found) for one in call.arguments if (found := _argument_problem(one)))
    body = [one for one in call.arguments if one.place == "body"]
    if any(not one.name for one in body) and len(body) > 1:
        yield "arguments", "One argument is the whole body, so no other can be a part of it"
    if any(one.name for one in body) and not values.takes_fields(call.content_type):
        yield "content_type", f"A body of {call.content_type} has no fields: let one argument be the whole body"
    if call.content_type and not _CONTENT_TYPE.fullmatch(call.content_type):
        yield "content_type", "The content type looks like application/json"
    if not 0 < http.seconds <= MAX_SECONDS:
        yield "seconds", f"The time limit is above 0 s and at most {MAX_SECONDS:.0f} s"
    if not 1 <= http.max_bytes <= MAX_BYTES:
        yield "max_bytes", f"The size limit is between 1 byte and {MAX_BYTES:,} bytes"


def url_problem(url: str) -> str:
    found = _URL.fullmatch(url.strip())
    if found is None:
        return (
            "The URL starts with https:// or http:// and names a host, for example https://api.example.com/items/{id}"
        )
    if re.search(r"[\s<>\"\\^`|]", url.strip()):
        return "The URL holds white space or a character that no URL may hold"
    if "@" in found[2]:
        return "A user name or password in the URL is not sent; write an Authorization header with {{NAME}}"
    if any(name for _, name in _TEMPLATE.findall(found[2])):
        return "An argument cannot be part of the host: the model would choose where the request goes"
    if not _HOST.fullmatch(_TEMPLATE.sub("x", found[2])):
        return "The host of the URL cannot be read"
    if KEY_PLACEHOLDER in url:
        return "{{api_key}} is the key of a model's provider; name another variable"
    return "" if _braces_in_order(url) else "The URL has a brace that belongs to no {argument} and no {{NAME}}"


def _braces_in_order(text: str) -> bool:
    return not re.search(r"[{}]", _TEMPLATE.sub("", text))


def _header_problem(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        return "A header has a name that is not legal; names have letters, digits and hyphens"
    if name.lower() in _OWN_HEADERS:
        return f'The header "{name}" follows from the address and the body and cannot be set'
    if not value.isascii() or not value.isprintable():
        return f'The header "{name}" holds a character that a header cannot carry'
    if KEY_PLACEHOLDER in value:
        return f'The header "{name}" names the key of a model\'s provider; name another variable'
    return ""


def _argument_problem(one: HttpArgument) -> str:
    if not one.name and one.place != "body":
        return f'The argument "{one.property}" has no name in the {one.place}'
    if one.place == "header" and (not _HEADER_NAME.fullmatch(one.name) or one.name.lower() in _OWN_HEADERS):
        return f'The argument "{one.property}" cannot be the header "{one.name}"'
    return ""


def _split(url: str) -> tuple[str, str, str, str]:
    found = _URL.fullmatch(url.strip())
    assert found is not None
    return found[1], found[2], found[3], found[4] or ""


def _placed(call: HttpCall, arguments: Mapping[str, Any], styles: Mapping[str, Style], query_taken: set[str]) -> _Parts:
    parts = _Parts()
    headers_taken = {name.lower() for name in call.headers}
    known = {one.property for one in call.arguments}
    if lost := [name for name in arguments if name not in known]:
        parts.notes.append(f"No place in the request is set for: {', '.join(str(name)[:60] for name in lost[:10])}.")
    for one in call.arguments:
        value = arguments.get(one.property)
        if value is None and one.place == "path":
            raise BadArguments(f'The argument "{one.property}" is missing; it is part of the address')
        if one.property not in arguments or (value is None and one.place != "body"):
            continue
        style = styles.get(one.property, values.NO_STYLE)
        values.check_style(style, one.property)
        if one.place == "path":
            parts.path[one.name] = values.in_path(value, one.property, style)
        elif one.place == "query":
            pairs = [pair for pair in values.in_query(value, one.property, one.name, style)]
            parts.query += (f"{key}={item}" for key, item in pairs if unquote(key) not in query_taken)
            _note_taken(parts, [unquote(key) for key, _ in pairs if unquote(key) in query_taken])
        elif one.place == "header" and one.name.lower() in headers_taken:
            _note_taken(parts, [one.name])
        elif one.place == "header":
            parts.headers.append((one.name, values.in_header(value, one.property)))
        elif one.place == "cookie":
            parts.cookies.append(values.in_cookie(value, one.property, one.name))
        elif one.name:
            parts.fields[one.name] = value
        else:
            parts.body.append(value)
    return parts


def _note_taken(parts: _Parts, names: list[str]) -> None:
    """The tool's own value stands: a call cannot replace a key or add a second one."""
    parts.notes += (
        f'The argument for "{name[:60]}" was not sent: the request has a value of its own.' for name in names
    )


def _expanded(template: str, own: Mapping[str, str], secret: Secret | None, *, safe: str | None) -> str:
    """In one pass, so that nothing that is put in is read again. ``safe``: what of a secret is not percent-encoded;
    None for nothing at all."""

    def put(found: re.Match[str]) -> str:
        if found[2]:
            return own[found[2]]
        if secret is None:
            return found[0]
        value = secret(found[0])
        return value if safe is None else quote(value, safe=safe)

    return _TEMPLATE.sub(put, template)


def _step(template: str, own: Mapping[str, str], secret: Secret | None) -> str:
    """One step of the path. It stays one step, whatever a server makes of encoded slashes and dots."""
    names = [name for _, name in _TEMPLATE.findall(template) if name]
    made = _expanded(template, own, secret, safe=_IN_STEP)
    if not names:
        return made
    inner = [step.partition(";")[0] for step in re.split(r"[/\\]", unquote(made))]
    if not made or "." in inner or ".." in inner:
        listed = ", ".join(f'"{name}"' for name in names)
        raise BadArguments(f"The address cannot hold this value of {listed}: it would lead to another place")
    return made


def _headers(call: HttpCall, parts: _Parts, secret: Secret | None) -> list[tuple[str, str]]:
    made = []
    cookies = list(parts.cookies)
    for name, template in call.headers.items():
        value = _in_header(name, template, secret)
        if name.lower() == "cookie":
            cookies.insert(0, value)
        else:
            made.append((name, value))
    made += parts.headers
    if cookies:
        made.append(("Cookie", "; ".join(cookies)))
    given = {name.lower() for name, _ in made}
    return [*made, *((name, value) for name, value in _DEFAULTS if name.lower() not in given)]


def _in_header(name: str, template: str, secret: Secret | None) -> str:
    """Only secrets have a place in a constant header."""
    value = _SECRET.sub(lambda found: found[0] if secret is None else secret(found[0]), template)
    try:
        return values.header_text(value, f'The header "{name}"')
    except BadArguments as error:
        raise BadSettings(f"{error}: check the variables it names") from None


def _body(call: HttpCall, parts: _Parts) -> tuple[bytes, str]:
    if parts.body:
        return values.body(call.content_type, parts.body[0])
    if any(one.place == "body" and one.name for one in call.arguments):
        return values.body(call.content_type, parts.fields)
    return b"", ""

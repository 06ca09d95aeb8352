"""An HTTP request of a tool as it is typed: what is wrong with each text, and where its arguments go.

A secret is refused wherever it stands as itself: what is typed here is kept, and a secret is written ``{{NAME}}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import unquote

from callsmith.answering import http_request
from callsmith.connection_form import check_headers, header_pairs, holds_key
from callsmith.connections import REFERENCE
from callsmith.importing.secrets import known_key, secret_name
from callsmith.types.tool import CUSTOM_AS_FUNCTION, HttpArgument, HttpCall, Tool

Place = Literal["path", "query", "header", "cookie", "body", "whole", "none"]
PLACES: Mapping[Place, str] = {
    "path": "in the path",
    "query": "in the query",
    "header": "as a header",
    "cookie": "as a cookie",
    "body": "in the body",
    "whole": "as the whole body",
    "none": "not sent",
}
_WITH_BODY = ("POST", "PUT", "PATCH")
_ARGUMENT = re.compile(r"(?<!\{)\{([^{}/?#]{1,100})\}(?!\})")


def url_problem(url: str) -> str:
    if found := http_request.url_problem(url):
        return found
    without = REFERENCE.sub("", url)
    pairs = (piece.partition("=") for piece in without.partition("?")[2].split("&"))
    secret = any(value and secret_name(unquote(name)) and not _ARGUMENT.search(value) for name, _, value in pairs)
    if secret or holds_key(without) or known_key(unquote(without)):
        return "The URL seems to hold a secret; it is kept, so write {{NAME}} in the secret's place"
    return ""


def headers_problem(text: str) -> str:
    return "; ".join(check_headers(text))


def headers_of(text: str) -> dict[str, str]:
    """The headers of a text without problems."""
    return dict(header_pairs(text))


def lines_of(call: HttpCall) -> str:
    return "\n".join(f"{name}: {value}" for name, value in call.headers.items())


def secrets_of(call: HttpCall) -> tuple[str, ...]:
    """The names of the secrets that the request needs, each once."""
    return tuple(dict.fromkeys(REFERENCE.findall("\n".join((call.url, *call.headers.values())))))


def properties(tool: Tool) -> tuple[str, ...]:
    schema: Mapping[str, Any] = CUSTOM_AS_FUNCTION if tool.type == "custom" else tool.parameters or {}
    found = schema.get("properties")
    return tuple(found) if isinstance(found, Mapping) else ()


def begun(tool: Tool, method: str, url: str) -> HttpCall:
    """A request of which every argument has a place: the path where the URL names it, else the query, or the body of
    a method that has one."""
    others: Literal["body", "query"] = "body" if method in _WITH_BODY else "query"
    named = set(_ARGUMENT.findall(url))
    arguments = tuple(HttpArgument(name, "path" if name in named else others, name) for name in properties(tool))
    return HttpCall(method, url, arguments)


def with_url(call: HttpCall, tool: Tool, url: str) -> HttpCall:
    """With another URL: an argument that it names goes into the path, and one that it names no more leaves it."""
    named = set(_ARGUMENT.findall(url))
    others: Literal["body", "query"] = "body" if call.method in _WITH_BODY else "query"
    known = {one.name for one in call.arguments if one.place == "path"}
    arguments = []
    for one in call.arguments:
        if one.place == "path" and one.name not in named:
            one = replace(one, place=others)
        elif one.property in named and one.property not in known and one.place != "path":
            one = HttpArgument(one.property, "path", one.property)
        arguments.append(one)
    placed = {one.property for one in arguments}
    arguments += [HttpArgument(name, "path", name) for name in properties(tool) if name in named - placed - known]
    return replace(call, url=url, arguments=tuple(arguments))


def place_of(call: HttpCall, name: str) -> tuple[Place, str]:
    """Where an argument goes, and the name it has there."""
    one = next((one for one in call.arguments if one.property == name), None)
    if one is None:
        return "none", ""
    return ("whole" if one.place == "body" and not one.name else one.place), one.name


def with_place(call: HttpCall, name: str, place: Place, there: str) -> HttpCall:
    """With one argument at another place, or under another name; its row stays where it is."""
    made: list[HttpArgument] = []
    if place == "whole":
        made = [HttpArgument(name, "body", "")]
    elif place != "none":
        made = [HttpArgument(name, place, there or name)]
    arguments: list[HttpArgument] = []
    for one in call.arguments:
        if one.property == name:
            arguments += made
            made = []
        else:
            arguments.append(one)
    return replace(call, arguments=(*arguments, *made))

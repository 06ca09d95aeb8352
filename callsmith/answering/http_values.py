"""How the value of an argument is written into each part of an HTTP request: OpenAPI's styles, and bodies.

What an argument holds stays a value wherever it stands: nothing in it can end the part it is in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

Style = Mapping[str, Any]
NO_STYLE: Style = {}

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
# OpenAPI 3 (style) and Swagger 2 (collectionFormat): what stands between the items of a list, as it is in an address.
_BETWEEN = {"form": ",", "simple": ",", "csv": ",", "spaceDelimited": "%20", "ssv": "%20", "tsv": "%09"} | {
    "pipeDelimited": "%7C",
    "pipes": "%7C",
}
_STYLES = frozenset((*_BETWEEN, "deepObject", "multi"))


class BadArguments(ValueError):
    """What the model sent cannot be put into the request; it is told why."""


class BadSettings(ValueError):
    """The request itself is not in order; a person has to mend it."""


def text_of(value: Any, name: str) -> str:
    """A text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadArguments(f'The argument "{name}" holds half a character, which cannot be sent') from None
    return text


def quoted(value: Any, name: str) -> str:
    return quote(text_of(value, name), safe="")


def check_style(style: Style, name: str) -> None:
    used = style.get("style", style.get("collectionFormat", "form"))
    if used not in _STYLES:
        raise BadSettings(f'The argument "{name}" is written in the style {used}, which cannot be sent from here')


def in_path(value: Any, name: str, style: Style) -> str:
    return _between(style, "simple").join(_members(value, name, style, exploded=style.get("explode") is True))


def in_header(value: Any, name: str) -> str:
    """Not encoded, since headers are not: what a header cannot carry is refused."""
    members = value if isinstance(value, list) else value.items() if isinstance(value, dict) else [value]
    flat = (one for member in members for one in (member if isinstance(member, tuple) else (member,)))
    return header_text(",".join(text_of(one, name) for one in flat), f'The argument "{name}"')


def header_text(text: str, whose: str) -> str:
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        raise BadArguments(f"{whose} holds a line break or another character that a header cannot carry")
    return text.strip()


def in_query(value: Any, argument: str, name: str, style: Style) -> Iterator[tuple[str, str]]:
    """Names and values, encoded."""
    key = quote(name, safe="")
    kind = style.get("style", style.get("collectionFormat", "form"))
    exploded = style.get("explode", kind == "form" and "collectionFormat" not in style) is True or kind == "multi"
    if isinstance(value, dict) and kind == "deepObject":
        for inner, one in value.items():
            yield f"{key}%5B{quoted(inner, argument)}%5D", quoted(one, argument)
    elif isinstance(value, dict) and exploded:
        for inner, one in value.items():
            yield quoted(inner, argument), quoted(one, argument)
    elif isinstance(value, list) and exploded:
        for one in value:
            yield key, quoted(one, argument)
    else:
        yield key, _between(style, "form").join(_members(value, argument, style, exploded=False))


def in_cookie(value: Any, argument: str, name: str) -> str:
    return f"{quote(name, safe='')}={','.join(_members(value, argument, NO_STYLE, exploded=False))}"


def _between(style: Style, usual: str) -> str:
    return _BETWEEN.get(style.get("style", style.get("collectionFormat", usual)), ",")


def _members(value: Any, name: str, style: Style, *, exploded: bool) -> Iterator[str]:
    if isinstance(value, list):
        yield from (quoted(one, name) for one in value)
    elif isinstance(value, dict):
        for key, one in value.items():
            if exploded:
                yield f"{quoted(key, name)}={quoted(one, name)}"
            else:
                yield quoted(key, name)
                yield quoted(one, name)
    else:
        yield quoted(value, name)


def is_json(content_type: str) -> bool:
    kind = plain_type(content_type)
    return kind in ("", "application/json", "*/*", "text/json") or kind.endswith("+json")


def plain_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def takes_fields(content_type: str) -> bool:
    """Whether arguments can be the fields of such a body."""
    return is_json(content_type) or plain_type(content_type) in (FORM, MULTIPART)


def body(content_type: str, value: Any) -> tuple[bytes, str]:
    """The bytes of a body, and its content type."""
    kind = plain_type(content_type)
    if is_json(content_type):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text_of(text, "body")
        return text.encode(), content_type if kind not in ("", "*/*") else "application/json"
    if isinstance(value, dict) and kind == FORM:
        return "&".join(f"{quote_plus(key)}={quote_plus(one)}" for key, one in _fields(value)).encode(), content_type
    if isinstance(value, dict) and kind == MULTIPART:
        return _multipart(list(_fields(value)))
    if kind == MULTIPART:
        raise BadArguments(f"The body is an object, since it is sent as {MULTIPART}")
    return text_of(value, "body").encode(), content_type


def _fields(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A list is its field several times."""
    for key, one in value.items():
        for item in one if isinstance(one, list) else [one]:
            yield text_of(key, "body"), text_of(item, key)


def _multipart(fields: list[tuple[str, str]]) -> tuple[bytes, str]:
    """RFC 7578, names escaped as browsers do (HTML, multipart form data). The boundary follows from what is sent, so
    that no value can hold it but by finding a hash of itself."""
    boundary = "callsmith-" + hashlib.sha256(repr(fields).encode()).hexdigest()[:40]
    parts = []
    for key, one in fields:
        name = key.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n')
    return f"{''.join(parts)}--{boundary}--\r\n".encode(), f"{MULTIPART}; boundary={boundary}"

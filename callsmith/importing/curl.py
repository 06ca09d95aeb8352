"""What a curl command says of its request. Nothing is run."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from callsmith.importing.curl_options import SHORT_WITH_VALUE, has_value
from callsmith.importing.shell_words import split
from callsmith.importing.types import ImportProblem

_NEXT = ("--next", "-:")
_ENDS = frozenset(("|", ";", "&", "&&", "||", ">", ">>", "2>", "2>&1", "<", "2>/dev/null"))
# One letter for each thing that can be said of a request.
_LONG = {
    **{"request": "X", "header": "H", "user": "u", "form": "F", "form-string": "F", "cookie": "b", "url": "url"},
    **{"user-agent": "A", "referer": "e", "json": "json", "upload-file": "T", "url-query": "url-query"},
    **dict.fromkeys(("data", "data-ascii", "data-raw", "data-binary"), "d"),
    **{"data-urlencode": "urlencode", "oauth2-bearer": "bearer"},
}
_FLAGS = {"get": "G", "head": "I"}
_COMMENTS = re.compile(r"\s*(?:#[^\n]*\n\s*)*")
_METHOD = re.compile(r"[A-Za-z-]{1,20}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_VARIABLE = re.compile(r"(?:\$\w+|\$?\{+\w+\}+)(?:/|$)")
_LONGEST_HOST = 1_000
_HOST = re.compile(
    r"(?:[^/?#@\s]*@)?(?:localhost|[^\s/?#@:]+\.[^\s/?#@:]+|\[[0-9A-Fa-f:.]+\]|[\w-]+(?=:\d|/))(?::\d+)?(?:[/?#]|$)"
)
_SAID_SHORT = "XHduFbAeT"


@dataclass(slots=True)
class Command:
    """What a command says. The pieces of ``data`` are as they are sent, joined by ``&``."""

    url: str = ""
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    as_query: bool = False
    json: bool = False
    upload: bool = False
    more: bool = False


def parse(text: str) -> Command:
    """The first curl command in a text. ImportProblem where there is none."""
    words = deque(split(_COMMENTS.sub("", text, count=1)))
    if words and words[0] in ("$", "%", ">"):
        words.popleft()
    if not words or words.popleft().lower() not in ("curl", "curl.exe"):
        raise ImportProblem("A curl command begins with the word curl", 1, 1)
    command = Command()
    bare: list[str] = []
    while words:
        word = words.popleft()
        if word in _ENDS or word in _NEXT:
            command.more = any(one.lower() == "curl" or one in _NEXT or word in _NEXT for one in words)
            break
        if word.startswith("--") and len(word) > 2:
            _long(command, word[2:], words)
        elif word.startswith("-") and len(word) > 1:
            _short(command, word[1:], words)
        elif word == "curl":
            command.more = True
            break
        else:
            bare.append(word)
    addresses: list[str] = []
    for pattern in (_SCHEME, _HOST, _VARIABLE):
        addresses = addresses or [word for word in bare if pattern.match(word[:_LONGEST_HOST])]
    if command.url:
        addresses.insert(0, command.url)
    if not addresses:
        raise ImportProblem("This curl command names no address: write it with https:// before it")
    command.url, command.more = addresses[0], command.more or len(addresses) > 1
    return command


def _long(command: Command, option: str, words: deque[str]) -> None:
    name, equals, value = option.partition("=")
    name = name.removeprefix("expand-")
    if name in _FLAGS:
        _say(command, _FLAGS[name], "")
    elif has_value(name):
        given = value if equals else words.popleft() if words else ""
        if name in _LONG:
            _say(command, _LONG[name], given, plain=name in ("form-string", "data-raw"))


def _short(command: Command, letters: str, words: deque[str]) -> None:
    """Letters of which the last may have its value in the same word: ``-sXPOST``."""
    for at, letter in enumerate(letters):
        if letter in SHORT_WITH_VALUE:
            value = letters[at + 1 :] or (words.popleft() if words else "")
            if letter in _SAID_SHORT:
                _say(command, letter, value.removeprefix("=") if letter == "X" else value)
            return
        _say(command, letter, "")


def _say(command: Command, what: str, value: str, *, plain: bool = False) -> None:
    if what == "X":
        command.method = value.upper() if _METHOD.fullmatch(value) else ""
    elif what == "H":
        name, colon, content = value.partition(":")
        if colon and name.strip():
            command.headers.append((name.strip(), content.strip()))
    elif what in ("u", "bearer", "b", "A", "e"):
        command.headers.append(_header(what, value))
    elif what in ("d", "json", "urlencode"):
        _say_data(command, what, value, plain)
    elif what == "F":
        name, _, content = value.partition("=")
        command.form.append((name, content))
    elif what == "url-query":
        command.query.append(value)
    elif what == "G":
        command.as_query = True
    elif what == "I":
        command.method = command.method or "HEAD"
    elif what == "T":
        command.upload = True
        command.files.append(value)
    elif what == "url":
        command.more = command.more or bool(command.url)
        command.url = command.url or value


def _header(what: str, value: str) -> tuple[str, str]:
    names = {"b": "Cookie", "A": "User-Agent", "e": "Referer"}
    if what in names:
        return names[what], value
    return "Authorization", f"{'Basic' if what == 'u' else 'Bearer'} {value}"


def _say_data(command: Command, what: str, value: str, plain: bool) -> None:
    command.json = command.json or what == "json"
    if what == "urlencode":
        name, equals, content = value.partition("=")
        if equals:
            command.data.append(f"{name}={quote_plus(content)}" if name else quote_plus(content))
        elif "@" in value:
            command.files.append(value.partition("@")[2])
        else:
            command.data.append(quote_plus(value))
    elif value.startswith("@") and not plain:
        command.files.append(value[1:])
    else:
        command.data.append(value)

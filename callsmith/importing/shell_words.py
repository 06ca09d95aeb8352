r"""A command as a shell's words, and nothing else of a shell: no variables, no substitutions, no files.

Quotes are read as POSIX shells do ('...', "...", $'...', backslashes, lines continued by one), and the carets of
Windows, which browsers write when they copy a request for its prompt, are taken out.
"""

from __future__ import annotations

import re

from callsmith.importing.types import ImportProblem

MAX_COMMAND = 2_000_000
_PIECE = re.compile(
    r"""(?P<space>[ \t\r\n]+)|\$'(?P<ansi>(?:[^'\\]++|\\.)*+)'|'(?P<single>[^']*+)'|"""
    r"""\$?"(?P<double>(?:[^"\\]++|\\.)*+)"|\\(?P<escaped>.)|(?P<plain>[^ \t\r\n'"\\$]++|\$)""",
    re.DOTALL,
)
_CONTINUED = re.compile(r"[\\`^][ \t]*\r?\n")
_CARETS = re.compile(r"\^(.)", re.DOTALL)
_IN_DOUBLE = re.compile(r"""\\([\\"$`])""")
_ANSI = re.compile(r"\\(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}


def split(text: str) -> list[str]:
    """The words of a text. ImportProblem where a quote is never closed."""
    if len(text) > MAX_COMMAND:
        raise ImportProblem(f"A command has at most {MAX_COMMAND:,} characters here")
    windows = '^"' in text or re.search(r"\^[ \t]*\r?\n", text) is not None
    text = _CONTINUED.sub(" ", text)
    if windows:
        text = _CARETS.sub(r"\1", text)
    words: list[str] = []
    pieces: list[str] | None = None
    at = 0
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            raise ImportProblem("A quote is opened here and never closed", *_place(text, at))
        at = match.end()
        if match.lastgroup == "space":
            if pieces is not None:
                words.append("".join(pieces))
            pieces = None
        else:
            pieces = [] if pieces is None else pieces
            pieces.append(_read(match))
    if pieces is not None:
        words.append("".join(pieces))
    return words


def _read(match: re.Match[str]) -> str:
    kind = match.lastgroup or "plain"
    piece = match[kind]
    if kind == "double":
        return _IN_DOUBLE.sub(r"\1", piece)
    return _ANSI.sub(_letter, piece) if kind == "ansi" else piece


def _letter(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uUx" and len(code) > 1:
        number = int(code[1:], 16)
    elif code[0] in "01234567":
        number = int(code, 8)
    else:
        return _LETTERS.get(code, code)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)

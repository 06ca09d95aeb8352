"""What a model wrote, as HTML: the part of Markdown that answers use, and nothing that could load, link or run.

Links and pictures stand as text with their address. HTML in the text is text. Every pattern here reads its text once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from callsmith.exporting_page.inert import beginning, escaped, left_out, readable

_DEEPEST = 5
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+)$")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"^( {0,8})([-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_TABLE_LINE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|``(?P<code2>[^`\n]+)``"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<picture>!?)\[(?P<label>[^\[\]\n]{0,500})\]\((?P<address>[^()\s]{1,2000})(?:[ \t]+\"[^\"\n]{0,200}\")?\)"
    r"|\*\*(?P<strong>[^*\s](?:[^*\n]*[^*\s])?)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
    r"|~~(?P<struck>[^~\n]+)~~"
)


def prose(text: str) -> str:
    shown = readable(beginning(text)).split("\n")
    return f'<div class="prose" dir="auto">{_blocks(shown, 0)}</div>{left_out(text)}'


def _blocks(lines: Sequence[str], depth: int) -> str:
    out: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif fence := _FENCE.match(line):
            at = _fenced(lines, at, fence[1], out)
        elif heading := _HEADING.match(line):
            level = min(6, len(heading[1]) + 2)
            out.append(f"<h{level}>{_inline(heading[2].rstrip('# '))}</h{level}>")
            at += 1
        elif _RULE.match(line):
            out.append("<hr>")
            at += 1
        elif depth < _DEEPEST and line.lstrip().startswith(">"):
            at = _quoted(lines, at, depth, out)
        elif depth < _DEEPEST and _ITEM.match(line):
            at = _listed(lines, at, depth, out)
        elif "|" in line and at + 1 < len(lines) and "|" in lines[at + 1] and _TABLE_LINE.match(lines[at + 1]):
            at = _table(lines, at, out)
        else:
            at = _paragraph(lines, at, depth, out)
    return "".join(out)


def _fenced(lines: Sequence[str], at: int, mark: str, out: list[str]) -> int:
    end = at + 1
    while end < len(lines) and not (lines[end].strip().startswith(mark) and not lines[end].strip(" \t`~")):
        end += 1
    out.append(f'<pre class="code" tabindex="0">{escaped(chr(10).join(lines[at + 1 : end]))}</pre>')
    return end + 1


def _quoted(lines: Sequence[str], at: int, depth: int, out: list[str]) -> int:
    end = at
    inside = []
    while end < len(lines) and lines[end].lstrip().startswith(">"):
        inside.append(lines[end].lstrip()[1:].removeprefix(" "))
        end += 1
    out.append(f"<blockquote>{_blocks(inside, depth + 1)}</blockquote>")
    return end


def _listed(lines: Sequence[str], at: int, depth: int, out: list[str]) -> int:
    """Items of one kind; what is indented below an item belongs to it."""
    first = _ITEM.match(lines[at])
    assert first is not None
    ordered, indent = first[2][0].isdigit(), len(first[1])
    items: list[list[str]] = []
    while at < len(lines):
        item = _ITEM.match(lines[at])
        if item is not None and len(item[1]) <= indent + 1:
            if item[2][0].isdigit() != ordered or len(item[1]) < indent:
                break
            items.append([lines[at][item.end() :]])
        elif lines[at].strip() and lines[at].startswith(" " * (indent + 2)):
            items[-1].append(lines[at][min(indent + (3 if ordered else 2), _indent(lines[at])) :])
        elif not lines[at].strip() and _goes_on(lines, at + 1, indent):
            items[-1].append("")
        else:
            break
        at += 1
    tag = "ol" if ordered else "ul"
    start = f' start="{int(first[2][:-1])}"' if ordered and int(first[2][:-1]) != 1 else ""
    body = "".join(f"<li>{_item(item, depth)}</li>" for item in items)
    out.append(f"<{tag}{start}>{body}</{tag}>")
    return at


def _item(lines: Sequence[str], depth: int) -> str:
    return _inline(lines[0]) if len(lines) == 1 else _blocks(lines, depth + 1)


def _goes_on(lines: Sequence[str], at: int, indent: int) -> bool:
    """Whether the list goes on after an empty line."""
    if at >= len(lines) or not lines[at].strip():
        return False
    return bool(_ITEM.match(lines[at])) or lines[at].startswith(" " * (indent + 2))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _table(lines: Sequence[str], at: int, out: list[str]) -> int:
    head = _cells(lines[at])
    end = at + 2
    rows = []
    while end < len(lines) and "|" in lines[end] and lines[end].strip():
        cells = (*_cells(lines[end]), *("" for _ in head))[: len(head)]
        rows.append("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in cells) + "</tr>")
        end += 1
    names = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in head)
    table = f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    out.append(f'<div class="wide" tabindex="0">{table}</div>')
    return end


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))


def _paragraph(lines: Sequence[str], at: int, depth: int, out: list[str]) -> int:
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _starts(lines[end], depth):
        end += 1
    out.append(f"<p>{'<br>'.join(_inline(line.strip()) for line in lines[at:end])}</p>")
    return end


def _starts(line: str, depth: int) -> bool:
    nested = depth < _DEEPEST and (line.lstrip().startswith(">") or _ITEM.match(line))
    return bool(_FENCE.match(line) or _HEADING.match(line) or _RULE.match(line) or nested)


def _inline(text: str) -> str:
    out: list[str] = []
    end = 0
    for found in _INLINE.finditer(text):
        out.append(escaped(text[end : found.start()]))
        out.append(_marked(found))
        end = found.end()
    out.append(escaped(text[end:]))
    return "".join(out)


def _marked(found: re.Match[str]) -> str:
    if (sign := found["escaped"]) is not None:
        return escaped(sign)
    if (code := found["code2"] or found["code"]) is not None:
        return f"<code>{escaped(code.strip() if found['code2'] else code)}</code>"
    if (address := found["address"]) is not None:
        kind = "picture at " if found["picture"] else ""
        label = found["label"].strip()
        if label == address and not kind:
            return f'<span class="address">{escaped(address)}</span>'
        return f'{_inline(label)} <span class="address">({kind}{escaped(address)})</span>'
    for tag in ("strong", "em"):
        if (inside := found[tag]) is not None:
            return f"<{tag}>{_inline(inside)}</{tag}>"
    return f"<s>{_inline(found['struck'])}</s>"

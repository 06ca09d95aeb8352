"""Text from anywhere as HTML that shows it and does nothing."""

from __future__ import annotations

import html
import re

LONGEST = 20_000
"""Characters of one text that a page holds."""
# Where a block is longer, it has a way to see all of it.
_LONG, _LINES = 1_600, 16
# Overrides, embeddings and isolates make text read otherwise than it is written (Unicode, annex 9). Plain
# right-to-left text needs none of them.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_HIGH_CONTROL = re.compile("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def readable(text: str) -> str:
    """What cannot be shown, or would change how the rest is read, as a sign that stands for it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(lambda found: chr(0x2400 + ord(found[0])), text)
    text = _HIGH_CONTROL.sub("\ufffd", text)
    return _BIDI.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def escaped(text: str) -> str:
    """For between tags and for attributes in double quotes."""
    return html.escape(readable(text), quote=True)


def line(text: str, longest: int = 240) -> str:
    """A name or a sentence, escaped; tools may have names without end."""
    return escaped(text if len(text) <= longest else text[: longest - 3] + "...")


def preformatted(text: str, name: str) -> str:
    """A block that keeps its line breaks, with a way to see the whole of it where it is long. ``name``: its class."""
    shown = beginning(text)
    block = f'<pre class="{name}" dir="auto" tabindex="0">{escaped(shown)}</pre>'
    is_long = len(shown) > _LONG or shown.count("\n") >= _LINES
    more = '<button type="button" class="more controls">Show all lines</button>' if is_long else ""
    return f"{block}{more}{left_out(text)}"


def beginning(text: str) -> str:
    """What the page holds of a text: all of it, or its beginning, to the end of a line where one is near."""
    if len(text) <= LONGEST:
        return text
    end = text.rfind("\n", LONGEST - _LONG, LONGEST)
    return text[: end if end > 0 else LONGEST]


def left_out(text: str) -> str:
    shown = len(beginning(text))
    if shown == len(text):
        return ""
    said = f"These are the first {shown:,} of {len(text):,} characters; this page leaves out the rest."
    return f'<p class="aside">{said}</p>'


def as_given(text: str) -> str:
    return text

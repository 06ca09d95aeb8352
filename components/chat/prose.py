"""Model text as markdown that means what the model wrote.

Streamlit reads ``$...$`` as a formula and ``:red[...]`` as a directive; prices and ratios in a reply
would vanish into them. Outside code both are escaped. HTML is escaped by Streamlit itself. An image becomes a link:
the browser would ask its host at once, with whatever the model was made to write into the address.
"""

from __future__ import annotations

import re

CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`)", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\\)\$")
_DIRECTIVE = re.compile(r":(?=[a-zA-Z0-9_/-]+[\[:])")
_IMAGE = re.compile(r"!(?=\[)")
_FENCE = re.compile(r"^\s*```", re.MULTILINE)


def markdown(text: str) -> str:
    pieces = CODE.split(text)
    # What is taken for code here may be none to a browser (a fence that an HTML block swallowed): an invisible joiner
    # keeps it from being an image, and shows nothing.
    for at in range(1, len(pieces), 2):
        pieces[at] = pieces[at].replace("![", "!\u2060[")
    for at in range(0, len(pieces), 2):
        if "$" in pieces[at] or ":" in pieces[at]:
            pieces[at] = _DIRECTIVE.sub("\\\\:", _DOLLAR.sub("\\\\$", pieces[at]))
        if "![" in pieces[at]:
            # As an entity it is text whatever stands before it.
            pieces[at] = _IMAGE.sub("&#33;", pieces[at])
    return "".join(pieces)


def paragraphs(text: str) -> list[str]:
    """Blocks that can be drawn one by one: split at blank lines, an open code fence kept in one block."""
    blocks: list[str] = []
    open_fence = False
    for piece in text.split("\n\n"):
        if open_fence:
            blocks[-1] += "\n\n" + piece
        else:
            blocks.append(piece)
        if len(_FENCE.findall(piece)) % 2:
            open_fence = not open_fence
    return blocks

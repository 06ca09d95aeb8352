"""What is known about a result beside its text: who made it, how long that took, how large it is; and a long text shown
in part. Whatever a tool or a model wrote stays inert here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from callsmith.types.parts import Made, Maker
from components.chat.media import size_words
from components.words import count, plain, seconds

SHORT = 4_000
"""Characters of a result that are shown at once."""
LONGEST = 200_000
"""Characters that a page shows at all; what is longer can be saved."""

_WHO: Mapping[Maker, str] = {
    "hand": "by hand",
    "rules": "by rule",
    "schema": "from the output schema",
    "fault": "by a fault",
    "http": "over HTTP",
    "mcp": "over MCP",
    "model": "by a model",
    "refused": "refused by you",
    "cancelled": "cancelled, since a message was written instead",
}
_ANSWERED: Mapping[Maker, str] = {
    "hand": ":green-badge[:material/check: answered]",
    "rules": ":green-badge[:material/check: answered by rule]",
    "schema": ":green-badge[:material/check: answered with a sample]",
    "fault": ":orange-badge[:material/bug_report: answered with a fault]",
    "http": ":green-badge[:material/check: answered over HTTP]",
    "mcp": ":green-badge[:material/check: answered over MCP]",
    "model": ":violet-badge[:material/smart_toy: answered by a model]",
}
_FAILED: Mapping[Maker, str] = {
    "fault": ":red-badge[:material/bug_report: answered with a fault, as an error]",
    "model": ":red-badge[:material/smart_toy: answered with an error by a model]",
    "refused": ":gray-badge[:material/block: refused]",
}
_ERROR = ":red-badge[:material/error: answered with an error]"


def badge(made: Made | None, *, is_error: bool) -> str:
    """The state of an answered call, a word with a colour."""
    by: Maker = "hand" if made is None else made.by
    return _FAILED.get(by, _ERROR) if is_error else _ANSWERED.get(by, _ANSWERED["hand"])


def facts(made: Made | None, text: str) -> str:
    """One line of markdown: "by rule 2, Paris · 3 ms · 84 bytes". ``made`` is None where nobody noted it."""
    said = [who(made)] if made is not None else []
    if made is not None and made.seconds is not None and made.by not in ("refused", "cancelled"):
        said.append(f"after {seconds(made.seconds)}" if made.by == "hand" else seconds(made.seconds))
    said.append(size_words(len(text.encode("utf-8", "surrogatepass"))))
    if made is not None and made.edited:
        said.append("edited by hand afterwards")
    return " · ".join(said)


def who(made: Made) -> str:
    words, detail = _WHO[made.by], plain(" ".join(made.detail.split()))
    if made.by == "rules" and detail.lower().startswith("rule"):
        return f"by {detail}"
    return f"{words}, {detail}" if detail else words


def draw_text(text: str, shown: str, key: str, *, name: str = "result") -> None:
    """A text as it is; ``shown`` is how it is laid out. Of a long one its beginning, the rest one click away."""
    language: Any = "json" if text.lstrip()[:1] in ("{", "[") else None
    if len(shown) <= SHORT:
        st.code(shown, language=language, wrap_lines=True)
        return
    st.code(shown[:SHORT], language=language, wrap_lines=True, height=320)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-long"):
        st.caption(f"The first {SHORT:,} of {count(len(shown), 'character')}", width="content")
        st.download_button(
            "Save all of it",
            lambda: text.encode("utf-8", "surrogatepass"),
            file_name=f"{name}.{'json' if language else 'txt'}",
            key=f"{key}-save",
            type="tertiary",
            icon=":material/download:",
            help=f"The exact bytes: {size_words(len(text.encode('utf-8', 'surrogatepass')))}",
            on_click="ignore",
        )
    if len(shown) <= LONGEST:
        whole = st.expander("Show all of it", key=f"{key}-whole", on_change="rerun")
        if whole.open:
            # Without colours: a browser takes seconds to colour 100 KB.
            whole.code(shown, language=None, wrap_lines=True, height=480)

"""How a reply ended, where that is not all the model meant to say: finish reasons in words.

The reasons are each wire format's own (notes, 2.3, 3.2, 4.2 and 5.2); one that is not known is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

_TOKEN_LIMIT, _FILTERED = "stopped at the token limit", "cut by a content filter"
EARLY_ENDS: Mapping[str, str] = {
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens", "MAX_TOKENS"), _TOKEN_LIMIT),
    "model_context_window_exceeded": "stopped at the end of the context window",
    **dict.fromkeys(("content_filter", "SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"), _FILTERED),
    "RECITATION": "cut because it recited a known text",
    "LANGUAGE": "cut because of its language",
    "MALFORMED_FUNCTION_CALL": "ended with a call that could not be read",
    "UNEXPECTED_TOOL_CALL": "ended with a call of a tool that was not offered",
    "TOO_MANY_TOOL_CALLS": "ended after too many calls",
    "OTHER": "ended for a reason the provider does not name",
    "refusal": "refused",
}
# Messages has no field for a refusal: what the model said in declining is text, or nothing.
REFUSED = "refusal"
_DECLINED = (_FILTERED, EARLY_ENDS[REFUSED])


def is_declined(finish: str | None) -> bool:
    """Whether the text of this reply stands where an answer was declined or filtered."""
    return EARLY_ENDS.get(finish or "") in _DECLINED

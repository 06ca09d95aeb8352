"""Thought signatures of the Gemini format: where they must stand, and whether they are genuine (notes, 5.2).

Made for the models that think. In the current turn, which begins with the user's last own words, the first call of
each model turn must carry one; any that comes must be the one that stood on this very part.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.signature import is_genuine, sign

# What Google's documentation gives for calls that another model made.
STAND_INS = ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go")
_ACCEPTED = frozenset((*STAND_INS, *(base64.b64encode(text.encode()).decode() for text in STAND_INS)))


def call_signature(model: str, name: str, args: Mapping[str, Any]) -> str:
    return sign(model, "call", _call(name, args))


def text_signature(model: str, text: str) -> str:
    return sign(model, "text", text)


def _call(name: str, args: Mapping[str, Any]) -> str:
    return json.dumps([name, args], sort_keys=True)


def require_signature(parts: Sequence[Mapping[str, Any]], position: int) -> None:
    """``position`` counts the contents from 1, as Google's message does."""
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None and not first.get("thoughtSignature"):
        name = first["functionCall"].get("name")
        raise Refused(
            "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
            "correctly, and missing thought_signature may lead to degraded model performance. Additional data, "
            f"function call `default_api:{name}` , position {position}. Please refer to "
            "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
        )


def check_signature(part: Mapping[str, Any], text: str, model: str) -> None:
    """``text``: what the turn had said with and before this part."""
    given = part.get("thoughtSignature")
    if given is None or _plain(given) in _ACCEPTED or given in _ACCEPTED:
        return
    call = part.get("functionCall")
    kind, signed = ("text", text) if call is None else ("call", _call(call["name"], call.get("args") or {}))
    if not is_genuine(_plain(given), model, kind, signed):
        raise Refused("Thought signature is not valid.")


def check_base64(given: Any, at: str) -> None:
    """Bytes in JSON are base64, in either of its alphabets."""
    try:
        base64.b64decode(_plain(given), validate=True)
    except (binascii.Error, ValueError, AttributeError) as error:
        shown = json.dumps(given, ensure_ascii=False)
        raise Refused(f"Invalid value at '{at}' (TYPE_BYTES), Base64 decoding failed for {shown}") from error


def _plain(given: str) -> str:
    return given.replace("-", "+").replace("_", "/")

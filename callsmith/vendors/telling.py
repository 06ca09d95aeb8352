"""Keywords that a vendor does not take, said to the model in the description instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

_LONGEST_VALUE = 400


def added(description: Any, sentences: Sequence[str]) -> str:
    words = " ".join(sentences)
    return f"{description} ({words})" if isinstance(description, str) and description else words


def in_words(keyword: str, value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False)
    if len(said) > _LONGEST_VALUE:
        said = f"{said[:_LONGEST_VALUE]}..."
    if keyword == "enum":
        return f"One of: {said.removeprefix('[').removesuffix(']')}."
    if keyword == "format" and isinstance(value, str):
        said = value
    sentences = {
        "minimum": f"At least {said}.",
        "maximum": f"At most {said}.",
        "minLength": f"At least {said} characters.",
        "maxLength": f"At most {said} characters.",
        "minItems": f"At least {said} items.",
        "maxItems": f"At most {said} items.",
        "pattern": f"Matches {said}.",
        "const": f"Always {said}.",
        "default": f"Default: {said}.",
        "format": f"Format: {said}.",
        "exclusiveMinimum": f"Greater than {said}.",
        "exclusiveMaximum": f"Less than {said}.",
        "multipleOf": f"A multiple of {said}.",
        "uniqueItems": "No item twice.",
        "deprecated": "Deprecated.",
    }
    return sentences.get(keyword, f"{keyword}: {said}.")

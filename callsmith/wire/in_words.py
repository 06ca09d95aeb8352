"""What a format has no field for, said to the model in words instead."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from callsmith.types.features import ResponseSchema
from callsmith.types.parts import Media
from callsmith.wire.jsonbytes import dumps


def error_text(content: str) -> str:
    """A failed result where there is no error flag (2.3): by convention an object with ``error``. An empty
    one would read as none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = content
    if isinstance(document, Mapping) and "error" in document:
        return content
    return dumps({"error": "error" if document == "" else document})


def left_out(media: Media) -> str:
    """In place of media that the format cannot carry, so that nothing is lost unsaid."""
    name = media.name or "without a name"
    return f"[A file of type {media.media_type} ({name}) was left out: this format cannot carry it]"


def plain_text(media: Media) -> str | None:
    """The text of a text file; None for any other, and for one that is no UTF-8."""
    if not media.media_type.startswith("text/") and media.media_type != "application/json":
        return None
    try:
        return base64.b64decode(media.data, validate=True).decode("utf-8") or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def schema_asked(response: ResponseSchema) -> str:
    """The schema of a reply where only ``json_object`` is known. The word JSON has to be in the prompt (trap 46)."""
    described = f" {response.description}" if response.description else ""
    return f"Answer with one JSON object and nothing else.{described} It must fit this JSON Schema:\n" + dumps(
        response.schema
    )

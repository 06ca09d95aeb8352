"""How the demo provider writes JSON."""

from __future__ import annotations

import json
from typing import Any


def json_bytes(document: Any) -> bytes:
    """UTF-8 as providers send it; a lone surrogate, which UTF-8 cannot hold, as an escape."""
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()

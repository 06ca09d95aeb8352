"""Model lists that were already asked for, for the whole process, so that pages draw without a network.

A list is remembered under a fingerprint of the connection and its key: another key is another list, and
the key itself is nowhere in here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections import OrderedDict

from callsmith.models import ModelList
from callsmith.types.codec import to_json
from callsmith.types.connection import Connection
from callsmith.types.problem import Problem

MAX_LISTS = 64


class Catalog:
    """Safe from any thread. Problems are remembered too, until the list is asked for again."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, ModelList | Problem] = OrderedDict()

    def get(self, connection: Connection, key: str | None) -> ModelList | Problem | None:
        with self._lock:
            return self._known.get(self._fingerprint(connection, key))

    def put(self, connection: Connection, key: str | None, found: ModelList | Problem) -> None:
        with self._lock:
            at = self._fingerprint(connection, key)
            self._known[at] = found
            self._known.move_to_end(at)
            while len(self._known) > MAX_LISTS:
                self._known.popitem(last=False)

    def _fingerprint(self, connection: Connection, key: str | None) -> str:
        content = json.dumps([to_json(connection), key], sort_keys=True)
        return hmac.new(self._salt, content.encode(), hashlib.sha256).hexdigest()

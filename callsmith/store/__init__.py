"""What is kept: conversations, exchanges, tools, connections without keys, drafts, preferences.

``Store`` is the one door; each of its rooms answers for one kind of thing. Every row has an owner and
every query asks for it, so logins can separate people later. All methods are safe from any thread.
"""

from callsmith.store.base import Changed, NotFound, StoreError
from callsmith.store.connections import Connections
from callsmith.store.exchanges import Exchanges
from callsmith.store.keepsakes import Keepsakes
from callsmith.store.recorded_calls import RecordedCalls
from callsmith.store.records import ConversationSummary, ExchangeInfo, ToolChange, ToolRecord, ToolVersion, UsageRow
from callsmith.store.records_io import RecordsIO
from callsmith.store.recovery import Recovery
from callsmith.store.session_rows import SessionRow
from callsmith.store.sessions import Found, Sessions, Wanted
from callsmith.store.tools import Tools
from callsmith.store.usage_totals import UsageTotals

__all__ = [
    "Changed",
    "ConversationSummary",
    "ExchangeInfo",
    "Found",
    "NotFound",
    "SessionRow",
    "Store",
    "StoreError",
    "ToolChange",
    "ToolRecord",
    "ToolVersion",
    "UsageRow",
    "Wanted",
]


class Store(UsageTotals, Sessions, Recovery, RecordsIO, Exchanges, Tools, RecordedCalls, Connections, Keepsakes):
    """``Store(url, owner)`` opens the database, brings it up to date and raises ``StoreError`` if it cannot."""

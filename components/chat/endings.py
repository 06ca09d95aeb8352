"""How a reply ended, in words: the engine's table, where the pages look for it."""

from callsmith.endings import EARLY_ENDS, REFUSED, is_declined

__all__ = ["EARLY_ENDS", "REFUSED", "is_declined"]

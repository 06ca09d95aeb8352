"""What differs between two versions of a tool, by what its schemas mean, and whether it breaks callers.

Breaking: a call that was valid before would be refused now. Where that cannot be told, it is not guessed.
"""

from callsmith.schema.diff.compare import schema_differences
from callsmith.schema.diff.difference import Difference, Kind, in_words, place_in_words
from callsmith.schema.diff.tools import differences

__all__ = ["Difference", "Kind", "differences", "in_words", "place_in_words", "schema_differences"]

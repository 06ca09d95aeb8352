"""What each vendor makes of a tool: rules as data, a verdict for every keyword, and the wire JSON.

``docs/vendors.md`` says how the tables are made and how to add to them.
"""

from callsmith.vendors.compiling import VENDORS, Compilation, compile_all, compile_tool, verdicts
from callsmith.vendors.converting import Conversion, convert
from callsmith.vendors.judging import in_words, summary
from callsmith.vendors.rules import Verdict

__all__ = [
    "VENDORS",
    "Compilation",
    "Conversion",
    "Verdict",
    "compile_all",
    "compile_tool",
    "convert",
    "in_words",
    "summary",
    "verdicts",
]

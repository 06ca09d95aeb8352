"""What is wrong or risky about a tool, said while it is written, with the change that mends it where there is one.

Findings point into the tool's document (``/name``, ``/parameters/properties/city``). Severity "error": a provider
refuses it or no call can be right; "warning": it likely goes wrong; "info": it could be better. Rules of vendors:
wire-format notes, 7.
"""

from callsmith.schema.lint.finding import Finding, Fix, Severity, verdict
from callsmith.schema.lint.mend import mended
from callsmith.schema.lint.several import beside, lint_set, of_number
from callsmith.schema.lint.tool import lint

__all__ = ["Finding", "Fix", "Severity", "beside", "lint", "lint_set", "mended", "of_number", "verdict"]

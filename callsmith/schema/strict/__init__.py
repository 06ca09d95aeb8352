"""A schema made to fit OpenAI's strict mode, and back: every change explained, counted and reversible.

``docs/decisions/0008-strict-conversion.md`` says what "accepts the same" means here.
"""

from callsmith.schema.strict.arguments import to_original
from callsmith.schema.strict.converting import Converted, convert, restore
from callsmith.schema.strict.fits import fits
from callsmith.schema.strict.steps import Step

__all__ = ["Converted", "Step", "convert", "fits", "restore", "to_original"]

"""Reading tools from what one has: tool JSON of any vendor, OpenAPI, curl, Python, JSON Schema, samples.

``read`` finds out by itself what a text or file is; ``read_as`` is told. Nothing is executed, nothing is fetched.
"""

from callsmith.importing.reading import each, read, read_as
from callsmith.importing.types import KINDS, Candidate, Imported, ImportProblem

__all__ = ["KINDS", "Candidate", "ImportProblem", "Imported", "each", "read", "read_as"]

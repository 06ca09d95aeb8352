"""The embedded demo model: scripted, not an LLM, and a provider like any other.

It answers real wire bytes, in process through ``DemoTransport`` or on loopback through ``demo-server``.
``brain`` decides what to say and knows no wire format; a wire format is one entry in ``paths.WIRES`` that
reads its request into an ``Ask`` and writes a ``Script`` as bytes.
"""

from callsmith.demo.models import MODELS, DemoModel
from callsmith.demo.transport import DemoTransport

__all__ = ["MODELS", "DemoModel", "DemoTransport"]

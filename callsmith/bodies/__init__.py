"""What the body of a request says, in any of the four wire formats: who said what, in order.

One reader for all who take a conversation from such a body. It never refuses: what is whole is kept, and what is wrong
or was left out is a finding, for its caller to tell or to refuse for.
"""

from callsmith.bodies.body import Body, Finding
from callsmith.bodies.formats import read
from callsmith.bodies.pairing import paired

__all__ = ["Body", "Finding", "paired", "read"]

"""The page to send: one HTML file that replays a conversation step by step, without a server, a key or a network.

Everything in it but this room's own style and script was written by others, so everything is escaped, and the page's
policy (``Content-Security-Policy``) lets it load nothing and run nothing else.
"""

from callsmith.exporting_page.clean import cleaned
from callsmith.exporting_page.page import Include, page

__all__ = ["Include", "cleaned", "page"]

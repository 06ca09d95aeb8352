"""The library of tools and the editor."""

from components import nav
from components.tools import library

nav.guard()
library.render()

"""The library of tools and the editor."""

from components import nav, sidebar
from components.tools import library

nav.guard()
sidebar.render()
library.render()

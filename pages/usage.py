"""Usage: tokens and times over all conversations."""

from components import nav, sidebar
from components.usage import page

nav.guard()
sidebar.render()
page.render()

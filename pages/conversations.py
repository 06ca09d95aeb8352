"""All conversations: found, kept in order, taken away and brought in."""

from components import nav, sidebar
from components.conversations import page

nav.guard()
sidebar.render(all_here=True)
page.render()

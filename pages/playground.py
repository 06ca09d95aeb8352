"""Playground: one conversation with a model that may call tools."""

from components import nav
from components.chat import page

nav.guard()
page.render()

"""Connections: ways to a provider, tested in place."""

from components import nav
from components.connections import page

nav.guard()
page.render()

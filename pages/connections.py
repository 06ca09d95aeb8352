"""Connections: ways to a provider, tested in place."""

from components import nav, sidebar
from components.connections import page

nav.guard()
sidebar.render()
page.render()

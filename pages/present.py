"""A conversation shown to an audience, one step at a time."""

from components import nav
from components.present import page

nav.guard()
page.leave_if_asked()
page.render()

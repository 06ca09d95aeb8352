"""A conversation shown to an audience, one step at a time."""

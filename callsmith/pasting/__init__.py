"""A conversation from the body of a request, in any of the four wire formats: what is pasted is carried on here."""

from callsmith.pasting.body import Pasted, PasteProblem, read

__all__ = ["PasteProblem", "Pasted", "read"]

"""The commands of ``python -m callsmith`` that are more than a few lines."""

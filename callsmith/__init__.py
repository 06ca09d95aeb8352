"""Callsmith's engine: tool calling over the wire, without a line of user interface.

Data flows one way: types -> wire -> fold -> conversation -> job and store -> pages.
No module below this package imports streamlit; ``tests/test_layers.py`` walks the imports.
"""

"""``python -m callsmith``."""

from callsmith.cli import main

main(prog_name="python -m callsmith")

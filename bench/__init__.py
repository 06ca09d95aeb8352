"""Speed, measured and printed. Nothing here is asserted; goals stand beside the figures."""

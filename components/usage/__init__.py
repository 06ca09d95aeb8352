"""What exchanges used: figures, charts, a table; for one conversation and over all."""

"""What recorded calls say about a tool's schema: which would fail now, and what none of them has ever used."""

"""What each vendor makes of a tool: rules as data, a verdict for every keyword, and the wire JSON."""

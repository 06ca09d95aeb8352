"""What reaches out for a tool: documents at an address, live MCP servers. Every connection passes ``addresses``."""

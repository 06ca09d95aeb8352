"""Who answers a tool: the settings, one file a way."""

"""The Conversations page, in parts."""

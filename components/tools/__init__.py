"""Tools: the list of a conversation, the library, and the editor of one tool."""

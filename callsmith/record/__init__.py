"""The record taken away and brought back: conversations as JSON, exchanges as JSON lines, calls as a data frame."""

"""JSON Schema as tools use it: reading, checking, sampling, and the form's view of it."""

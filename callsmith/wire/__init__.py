"""Wire formats: pure translation between our values and a provider's bytes. No I/O, no clock."""

"""What the demo model says and calls: rules over words. Knows no wire format and does no I/O."""

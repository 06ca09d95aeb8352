"""The conversation: transcript, live reply, result slots, composer."""

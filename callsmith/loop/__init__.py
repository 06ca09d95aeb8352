"""A turn that runs by itself: exchanges and answers in turn, within limits."""

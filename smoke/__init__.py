"""``make smoke``: a stack, a few nights, and the doubts about AWS that they can settle."""

"""Event source mappings: queues that Lambda reads on behalf of functions."""

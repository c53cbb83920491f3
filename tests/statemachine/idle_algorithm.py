"""A training program with nothing to do: what becomes of its job is the matter."""

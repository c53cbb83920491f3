"""Service integrations: what the Resource of a Task state can stand for."""

"""The model registry: groups of versioned model packages, and their approval."""

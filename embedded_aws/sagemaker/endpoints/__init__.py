"""Models, endpoint configurations and endpoints; the latter really score."""

"""AWS on this machine: one loopback process in which state machines and jobs really run."""

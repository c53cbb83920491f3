"""What serves since when: the facts of rollouts and the log of every switch of an endpoint."""

"""Which data, jobs, parameters and decisions a model package came from, kept complete by check."""

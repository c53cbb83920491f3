"""The front door: turns HTTP requests into calls of services, by AWS's own models."""

"""The documentation, and what generates its pictures."""

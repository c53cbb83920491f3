"""Greets by name."""

import os


def handler(event: dict[str, str], _context: object) -> str:
    """Return the greeting, and log it."""
    greeting = f"{os.environ['GREETING']}, {event['name']}"
    print(greeting)  # noqa: T201  # what `sam logs` shows
    return greeting

"""Scripted faults: what goes wrong, at which call, as values that a file can hold."""

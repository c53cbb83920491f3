"""The two ways in which a deployment goes wrong: by its template, or by one of its resources."""

from __future__ import annotations


class TemplateError(Exception):
    """A template, or a parameter for it, that cannot be deployed; its message goes to the user."""


class ResourceFailure(Exception):  # CloudFormation's own word for this event
    """A resource that could not be created, changed or deleted; the message is the reason."""

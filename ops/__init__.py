"""``nightly``, the operator's command line; it works against any endpoint that the AWS variables name."""

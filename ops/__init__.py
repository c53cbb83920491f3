"""``nightly``, the operator's command line, against any endpoint that AWS's variables name."""

"""``nightly teardown``: ends what a stack started, so that ``sam delete`` leaves only records."""

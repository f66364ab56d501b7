"""Is imported by two names."""

VALUE = f"part as {__name__}"

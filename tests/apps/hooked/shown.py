"""Is changed when it is imported."""

VALUE = "as written"

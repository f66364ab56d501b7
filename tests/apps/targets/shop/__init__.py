"""A package that is run in every way that there is."""

"""A hook excludes it."""

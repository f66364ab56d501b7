"""A module that does not compile."""

value = (1,

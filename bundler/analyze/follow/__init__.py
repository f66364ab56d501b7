"""Follows imports: the walk from the program, and what rules, options and conventions add to it."""

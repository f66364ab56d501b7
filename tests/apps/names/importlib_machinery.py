"""Named like an entry of the launcher's table, were dots underscores."""

ANSWER = "own importlib_machinery"

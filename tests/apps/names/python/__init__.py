"""Named like the interpreter."""

ANSWER = "own python"

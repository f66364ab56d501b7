"""Named like a module that the launcher adapts."""

ANSWER = "own tkinter"

raise ImportError("on purpose", name="shelf.broken")

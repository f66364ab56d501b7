"""Named like a module whose callbacks of weak references only drop an entry of a list."""


def _removeHandlerRef(reference):
    print("own logging: gone")

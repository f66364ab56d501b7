"""Named like a module of the library, and uses what `site` makes a builtin."""


def stop():
    exit(3)

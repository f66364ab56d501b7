"""Registers with another module's object."""

from server import SERVER


@SERVER.route("other")
def other():
    return "other"

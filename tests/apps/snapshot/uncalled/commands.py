"""Registers functions, one of which uses an attribute of the interpreter."""

import sys

COMMANDS = {}


def command(function):
    COMMANDS[function.__name__] = function
    return function


@command
def where():
    return sys.executable


@command
def stay():
    return "here"

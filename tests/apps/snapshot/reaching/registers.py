"""Has decorators that keep a function which uses a bit of an answer, and do not call it: then it stays in the snapshot."""

import os

IS_PLAIN = os.environ.get("TERM") == "dumb"
COMMANDS = {}


def command(name):
    def decorate(function):
        COMMANDS[name] = function
        return function

    return decorate


class Group:
    commands = COMMANDS

    def command(self, name):
        return command(name)


@command("kind")
def kind():
    return "plain" if IS_PLAIN else "rich"


@Group().command("other")
def other():
    return [kind(), (lambda: IS_PLAIN)()]

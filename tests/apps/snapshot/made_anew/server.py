"""An object that keeps the current folder, and functions that a decorator registers."""

import os


class Server:
    """It has routes."""

    def __init__(self, root):
        self.root = root
        self.routes = {}

    def route(self, name):
        def add(function):
            self.routes[name] = function
            return function

        return add


SERVER = Server(os.getcwd())


@SERVER.route("index")
def index():
    return "index"

"""Counts its objects, of which one keeps a bit of an answer."""

import os


class Folder:
    made = 0

    def __init__(self, path):
        type(self).made += 1
        self.is_temporary = path == "/tmp"


HERE = Folder(os.getcwd())

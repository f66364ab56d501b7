import os

HOME = os.path.expanduser("~")

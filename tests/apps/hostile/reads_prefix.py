import os

FOUND = {name: value for name, value in os.environ.items() if name.startswith("HOSTILE_")}
NUMBER = len(FOUND)

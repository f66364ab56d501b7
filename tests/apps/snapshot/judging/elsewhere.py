"""A module of it cannot be imported where the current folder is gone, which it handles."""

import json
import sys

try:
    import keeps_folder
except FileNotFoundError:
    folder = None
else:
    folder = keeps_folder.FOLDER

if __name__ == "__main__":
    print(json.dumps([folder is None, *sys.argv[1:]]))

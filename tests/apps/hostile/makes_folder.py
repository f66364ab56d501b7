import os
import tempfile

FOLDER = os.path.join(tempfile.gettempdir(), f"made-by-{os.getpid()}")
os.makedirs(FOLDER)
WAS_THERE = os.path.isdir(FOLDER)
os.rmdir(FOLDER)

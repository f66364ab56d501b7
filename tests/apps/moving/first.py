import os
import sys

assert os.path.isdir(sys._MEIPASS)
os.environ["MOVING_HOOKS"] = "mine"

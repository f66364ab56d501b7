import os

PROCESS = os.getpid()

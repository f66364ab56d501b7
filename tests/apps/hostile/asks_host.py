import os

NAME = os.uname().nodename

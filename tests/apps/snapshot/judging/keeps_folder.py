import os

FOLDER = os.getcwd()

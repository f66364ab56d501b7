import os

os.environ["SET_BY_MODULE"] = "yes"
os.environ.pop("REMOVED_BY_MODULE", None)

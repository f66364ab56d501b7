print(__name__, __file__.rpartition("/")[2], __spec__.name, globals().get("given"))
result = 1

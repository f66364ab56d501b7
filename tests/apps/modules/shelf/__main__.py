print("as a program", __name__, __package__)

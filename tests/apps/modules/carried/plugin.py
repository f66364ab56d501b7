import shelf

NAME = __name__, shelf.NAME

from shelf.circular import MINE

OTHER = 1

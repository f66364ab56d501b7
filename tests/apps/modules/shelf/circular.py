from shelf.circular_too import OTHER

MINE = 1

print("shelf.deep runs")
DEPTH = 3

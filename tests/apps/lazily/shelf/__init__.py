print("shelf runs")
TITLES = ["one"]

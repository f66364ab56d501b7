print("lazy is loaded")
VALUE = "lazy"

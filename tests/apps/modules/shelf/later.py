print("later is loaded")
VALUE = "later"

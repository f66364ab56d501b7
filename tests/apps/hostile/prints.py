print("printed while it is imported")
VALUE = 1

VALUE = "from within"

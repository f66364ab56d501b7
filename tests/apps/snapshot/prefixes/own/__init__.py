"""Has a module that is called like one of Python's."""

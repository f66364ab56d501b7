import warnings

warnings.warn("warned while it is imported")
VALUE = 2

import sys

if not hasattr(sys, "asked_before"):
    sys.asked_before = True
    raise RuntimeError("not yet")
VALUE = "at last"

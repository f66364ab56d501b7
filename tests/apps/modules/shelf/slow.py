import time

STARTED = []
STARTED.append(1)
time.sleep(0.1)
VALUE = "done"

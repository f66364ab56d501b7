"""Ends while daemon threads run: they are stopped when they next ask for the interpreter."""

import threading
import time


def work():
    while True:
        time.sleep(0.0001)


for _ in range(8):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
print("ended")

"""Starts a thread while it is imported, and waits for it."""

import threading

NUMBERS = []
_thread = threading.Thread(target=NUMBERS.append, args=(7,))
_thread.start()
_thread.join()

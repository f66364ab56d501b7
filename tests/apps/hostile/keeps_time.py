import time

STARTED = time.time()


def is_now(started=STARTED):
    """The time that was kept is that of this start."""
    return 0 <= time.time() - started < 600

import signal


def handle(number, frame):
    """For SIGTERM."""


signal.signal(signal.SIGTERM, handle)

"""Handles a signal unless it is ignored."""

import signal


def handle(*_):
    pass


if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
    signal.signal(signal.SIGHUP, handle)


def is_ours():
    return signal.getsignal(signal.SIGHUP) is handle

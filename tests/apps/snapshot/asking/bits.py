"""Keeps of each answer no more than whether something is so."""

import locale
import os
import signal
import sys
import time
from datetime import datetime, timedelta

IS_UTC = time.timezone == 0
HAS_SUMMER = bool(time.daylight)
IS_AHEAD = datetime(2024, 1, 1).astimezone().utcoffset() > timedelta(hours=8)
IS_VERBOSE = sys.argv.count("-v")
ARGUMENTS = sys.argv[:1] + ["x"] * len(sys.argv)
ALL = ["all"] + sys.argv[1:]
IS_LEADER = os.getpgrp() == os.getpid()
IS_NEW = int(os.uname().release.partition(".")[0]) > 5
IN_C_LOCALE = locale.setlocale(locale.LC_CTYPE) == "C"
IS_IGNORED = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN

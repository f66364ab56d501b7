"""Imports modules that do at once what a module should not; each keeps out of the snapshot, or is done again."""

import math
import json
import prints
import warns
import makes_folder
import sets_locale
import sets_umask
import blocks_signal
import reads_arguments
import reads_prefix
import asks_terminal
import asks_processors
import asks_user
import asks_host
import asks_files
import keeps_time
import keeps_process
import keeps_home
import keeps_folder
import keeps_chance
import handles_signal
import sets_variable
import opens_log
import sets_limit
import starts_thread
import starts_process
import textwrap

if __name__ == "__main__":
    import os
    import signal
    import sys

    print(json.dumps(math.pi), textwrap.shorten("a b c", 3, placeholder=""))
    print(prints.VALUE, warns.VALUE, makes_folder.WAS_THERE, sets_locale.NAME, oct(os.umask(0)))
    print(signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, []), reads_arguments.DEBUG, reads_prefix.FOUND)
    print(asks_terminal.COLOURS, asks_processors.COUNT == len(os.sched_getaffinity(0)), asks_user.USER == os.getuid())
    print(asks_host.NAME == os.uname().nodename, asks_files.PASSWD, keeps_time.is_now(), keeps_process.PROCESS == os.getpid())
    print(keeps_home.HOME == os.path.expanduser("~"), keeps_folder.FOLDER == os.getcwd(), signal.getsignal(signal.SIGTERM).__name__)
    print(os.environ["SET_BY_MODULE"], os.popen("echo $SET_BY_MODULE").read(), "REMOVED_BY_MODULE" in os.environ)
    import resource

    print(starts_process.STATUS, starts_thread.NUMBERS, resource.getrlimit(resource.RLIMIT_CORE)[0])
    print(keeps_chance.CHANCE, file=sys.stderr)

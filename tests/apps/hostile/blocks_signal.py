import signal

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])

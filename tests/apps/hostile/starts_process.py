"""Starts a process while it is imported, and keeps how that ended."""

import subprocess

try:
    STATUS = subprocess.run(["sh", "-c", "exit 3"]).returncode
except OSError:
    STATUS = None

"""Loggers: what hooks say, the worker collects (worker/main.py)."""

from __future__ import annotations

import logging
from logging import DEBUG, ERROR, FATAL, INFO, WARN, WARNING, getLogger  # hooks import WARN

__all__ = [
    "DEBUG",
    "DEPRECATION",
    "ERROR",
    "FATAL",
    "INFO",
    "LEVELS",
    "TRACE",
    "WARN",
    "WARNING",
    "getLogger",
    "logger",
]

TRACE = DEBUG - 5
DEPRECATION = WARNING + 5
LEVELS = {
    "TRACE": TRACE,
    "DEBUG": DEBUG,
    "INFO": INFO,
    "WARN": WARNING,
    "DEPRECATION": DEPRECATION,
    "ERROR": ERROR,
    "FATAL": FATAL,
}

logging.addLevelName(TRACE, "TRACE")
logging.addLevelName(DEPRECATION, "DEPRECATION")

logger = getLogger("PyInstaller")

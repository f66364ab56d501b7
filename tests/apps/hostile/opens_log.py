"""Opens the system's log while it is imported."""

import syslog

syslog.openlog("hostile", 0, syslog.LOG_USER)

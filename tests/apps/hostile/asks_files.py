import os

if os.path.exists("/etc/passwd"):
    PASSWD = True
else:
    PASSWD = False

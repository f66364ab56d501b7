import os


class Settings:
    """Keeps it where no statement can be run again."""

    user = os.getuid()


USER = Settings.user

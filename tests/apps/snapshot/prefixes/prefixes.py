"""Shows what modules find in the environment that look through all of it."""

import configures
import counts
import own.os

if __name__ == "__main__":
    print(configures.SETTINGS, configures.OTHERS, configures.NAMES, configures.HOME != "/", counts.MANY, own.os.KEPT)

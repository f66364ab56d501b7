import os

os.environ["MOVING_HOOKS"] = os.environ.get("MOVING_HOOKS", "") + " module"

"""streamlit takes itself for a development tree where no folder above it is called site-packages (config.py)."""

import os

os.environ.setdefault("STREAMLIT_GLOBAL_DEVELOPMENT_MODE", "false")

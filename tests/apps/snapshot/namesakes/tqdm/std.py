"""The app's own: it looks for another prefix than tqdm's."""

import os

STYLE = [name for name in os.environ if name.startswith("OWN_")]

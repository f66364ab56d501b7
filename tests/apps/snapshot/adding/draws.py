"""Draws by lot whether this start is chosen."""

import random

IS_CHOSEN = random.random() < 0.01

"""Has a bit of an answer that another module keeps, too."""

import os

from keeps import keep

IS_TEMPORARY = keep(os.getcwd() == "/tmp")

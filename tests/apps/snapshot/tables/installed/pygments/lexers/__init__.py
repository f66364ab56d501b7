"""Takes in what it is asked for."""

import sys

from pygments import Automatic

module = Automatic(__name__)
module.__dict__.update(vars(sys.modules[__name__]))
sys.modules[__name__] = module

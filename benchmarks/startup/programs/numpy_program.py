"""A matrix product."""

import numpy

print(numpy.arange(6).reshape(2, 3) @ numpy.ones((3, 2)))

"""Depends on what a method has found."""

import options

LEVEL = 10 if options.OPTIONS.debug else 20

"""The app's own: it has none of the functions of Python's."""

NAME = "a railway platform"

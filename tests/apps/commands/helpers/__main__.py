import colorsys
import sys

print("package", colorsys.__name__, __name__, __package__, sys.argv[1:])

import sys

print("package", __name__, __package__, sys.argv[1:])

"""Notebooks, executed and converted; the kernel is another process of this program."""

from nbconvert.nbconvertapp import main

if __name__ == "__main__":
    main()

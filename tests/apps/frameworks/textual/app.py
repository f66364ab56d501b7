"""A to-do list in the terminal."""

from desk.main import Desk

if __name__ == "__main__":
    print(Desk().run())

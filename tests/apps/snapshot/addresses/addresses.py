"""Shows what lies in the order of a set of objects, and how many there are."""

import asks
import shuffles

if __name__ == "__main__":
    print(len(shuffles.ORDER), sorted(shuffles.ORDER), asks.HOME)

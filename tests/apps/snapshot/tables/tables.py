"""Fills tables whose order nobody can tell, from a module that is imported at each start and from one of the snapshot."""

import prints
import scipy
from kept import SEEN

if __name__ == "__main__":
    print(sorted(SEEN), prints.KIND, scipy.submodules, scipy.__all__)

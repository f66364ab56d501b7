"""Shows what was added, counted and drawn while modules were imported."""

import adds
import counts
import draws
import keeps

if __name__ == "__main__":
    print(keeps.ALL, counts.Folder.made, counts.HERE.is_temporary, adds.IS_TEMPORARY)
    print(draws.IS_CHOSEN in (False, True))

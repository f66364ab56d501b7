"""Shows what modules make of answers that leave a bit behind."""

import judges
import leaves_garbage
import remembers
import sets_sometimes

if __name__ == "__main__":
    print(judges.IS_PLAIN, judges.IS_AT_ROOT, judges.IS_IN_TEMPORARY_FOLDER, judges.IS_LATE, judges.Defaults.is_xterm)
    print(remembers.IS_PLAIN, remembers.is_plain(), hasattr(sets_sometimes, "LEVEL"))
    print(leaves_garbage.ZONE)

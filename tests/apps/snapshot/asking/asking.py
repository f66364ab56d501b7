"""Shows bits of answers that no function of the C library gives, or that one gives which says more than that."""

import bits
import sets_action
import sets_arguments

if __name__ == "__main__":
    print(bits.IS_UTC, bits.HAS_SUMMER, bits.IS_AHEAD, bits.IS_VERBOSE, bits.ARGUMENTS, bits.ALL)
    print(bits.IS_LEADER, bits.IS_NEW, bits.IN_C_LOCALE, bits.IS_IGNORED)
    print(sets_arguments.sys.argv, sets_action.is_ours())

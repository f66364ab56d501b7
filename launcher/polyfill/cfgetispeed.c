/* cfgetispeed(3) as glibc 2.42 has it: speeds are numbers of bits a second. */

#include "polyfill/speeds.h"

unsigned
cfgetispeed(const struct terminal_settings *settings)
{
    __typeof__(&cfgetispeed) own = OWN_VERSION(cfgetispeed, "GLIBC_2.42");
    if (own) {
        return own(settings);
    }
    return settings->input_flags & NO_INPUT_SPEED ? 0 : polyfill_bits_of_flags(settings->control_flags);
}

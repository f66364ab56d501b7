/* cfgetospeed(3) as glibc 2.42 has it: speeds are numbers of bits a second. */

#include "polyfill/speeds.h"

unsigned
cfgetospeed(const struct terminal_settings *settings)
{
    __typeof__(&cfgetospeed) own = OWN_VERSION(cfgetospeed, "GLIBC_2.42");
    return own ? own(settings) : polyfill_bits_of_flags(settings->control_flags);
}

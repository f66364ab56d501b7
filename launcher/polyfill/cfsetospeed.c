/* cfsetospeed(3) as glibc 2.42 has it: speeds are numbers of bits a second. */

#include "polyfill/speeds.h"

int
cfsetospeed(struct terminal_settings *settings, unsigned bits)
{
    __typeof__(&cfsetospeed) own = OWN_VERSION(cfsetospeed, "GLIBC_2.42");
    if (own) {
        return own(settings, bits);
    }
    const struct polyfill_speed *speed = polyfill_speed_of_bits(bits);
    if (!speed) {
        errno = EINVAL;
        return -1;
    }
    settings->control_flags = (settings->control_flags & ~SPEED_MASK) | speed->code;
    settings->output_speed = speed->code;
    return 0;
}

/* cfsetispeed(3) as glibc 2.42 has it: speeds are numbers of bits a second. */

#include "polyfill/speeds.h"

int
cfsetispeed(struct terminal_settings *settings, unsigned bits)
{
    __typeof__(&cfsetispeed) own = OWN_VERSION(cfsetispeed, "GLIBC_2.42");
    if (own) {
        return own(settings, bits);
    }
    const struct polyfill_speed *speed = polyfill_speed_of_bits(bits);
    if (!speed) {
        errno = EINVAL;
        return -1;
    }
    settings->input_speed = speed->code;
    if (!bits) {
        settings->input_flags |= NO_INPUT_SPEED;
        return 0;
    }
    settings->input_flags &= ~NO_INPUT_SPEED;
    settings->control_flags = (settings->control_flags & ~SPEED_MASK) | speed->code;
    return 0;
}

/* cfsetspeed(3) as glibc 2.42 has it: speeds are numbers of bits a second. */

#include "polyfill/speeds.h"

int cfsetispeed(struct terminal_settings *settings, unsigned bits);
int cfsetospeed(struct terminal_settings *settings, unsigned bits);

int
cfsetspeed(struct terminal_settings *settings, unsigned bits)
{
    return cfsetospeed(settings, bits) < 0 ? -1 : cfsetispeed(settings, bits);
}

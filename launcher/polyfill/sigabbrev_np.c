/* sigabbrev_np(3), glibc 2.32. */

#include "polyfill/polyfill.h"

#include <signal.h>

#define NAME(signal) [SIG##signal] = #signal,

/* clang-format off */
static const char *const names[] = {
    NAME(HUP) NAME(INT) NAME(QUIT) NAME(ILL) NAME(TRAP) NAME(ABRT) NAME(BUS) NAME(FPE) NAME(KILL) NAME(USR1)
    NAME(SEGV) NAME(USR2) NAME(PIPE) NAME(ALRM) NAME(TERM) NAME(STKFLT) NAME(CHLD) NAME(CONT) NAME(STOP) NAME(TSTP)
    NAME(TTIN) NAME(TTOU) NAME(URG) NAME(XCPU) NAME(XFSZ) NAME(VTALRM) NAME(PROF) NAME(WINCH) NAME(POLL) NAME(PWR)
    NAME(SYS)
};
/* clang-format on */

const char *
sigabbrev_np(int number)
{
    return number >= 0 && (size_t)number < sizeof names / sizeof *names ? names[number] : NULL;
}

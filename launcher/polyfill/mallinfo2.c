/* mallinfo2(3), glibc 2.33. Before, the numbers were of 32 bits. */

#include "polyfill/polyfill.h"

#include <malloc.h>

struct wide_facts { /* struct mallinfo2 */
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

struct wide_facts polyfill_mallinfo2(void) __asm__("mallinfo2");

struct wide_facts
polyfill_mallinfo2(void)
{
    PER_PROCESS static void *known;
    struct wide_facts (*own)(void) = (struct wide_facts (*)(void))polyfill_own("mallinfo2", NULL, &known);
    if (own) {
        return own();
    }
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    struct mallinfo facts = mallinfo();
    return (struct wide_facts){
        (unsigned)facts.arena,    (unsigned)facts.ordblks,  (unsigned)facts.smblks,  (unsigned)facts.hblks,
        (unsigned)facts.hblkhd,   (unsigned)facts.usmblks,  (unsigned)facts.fsmblks, (unsigned)facts.uordblks,
        (unsigned)facts.fordblks, (unsigned)facts.keepcost,
    };
}

/* Many pointers to the object itself: in one table, scattered, and to read-only data. */

#include "module.h"

static const char *const texts[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
static int numbers[300];
#define TEN(n) &numbers[n], &numbers[n + 1], &numbers[n + 2], &numbers[n + 3], &numbers[n + 4], &numbers[n + 5], \
    &numbers[n + 6], &numbers[n + 7], &numbers[n + 8], &numbers[n + 9]
#define HUNDRED(n) TEN(n), TEN(n + 10), TEN(n + 20), TEN(n + 30), TEN(n + 40), TEN(n + 50), TEN(n + 60), TEN(n + 70), \
    TEN(n + 80), TEN(n + 90)
static int *pointers[] = {HUNDRED(0), HUNDRED(100), HUNDRED(200)};
static struct {
    long before;
    const char *text;
    long between[70];
    int *number;
} scattered[] = {{1, "a", {0}, &numbers[5]}, {2, "b", {0}, &numbers[299]}};

static void
run(void)
{
    int wrong = 0;
    for (int i = 0; i < 300; i++) {
        wrong += pointers[i] != &numbers[i];
    }
    *scattered[1].number = 8;
    say("%d %s %s %s %d", wrong, texts[0], texts[9], scattered[1].text, *pointers[299]);
}

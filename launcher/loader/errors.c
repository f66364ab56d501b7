/* The error that the next dlerror tells. */

#include "loader/errors.h"

#include <stdio.h>

static __thread char text[512];
static __thread bool is_set;

void *
bundle_dl_fail(const char *format, const char *what, const char *why)
{
    snprintf(text, sizeof text, format, what, why);
    is_set = true;
    return NULL;
}

bool
bundle_dl_failed(void)
{
    return is_set;
}

void
bundle_dl_forget(void)
{
    is_set = false;
}

char *
bundle_dl_error(void)
{
    return text;
}
